package dev.baton.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Steps through bytes of a known shape. A step that does not fit says so and stays where it was;
 * none reads past the end.
 */
final class FastScanner {
  private static final int NONE = -1;

  private final byte[] bytes;
  private int at;

  FastScanner(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Passes exactly these bytes. */
  boolean literal(byte[] expected) {
    int end = at + expected.length;
    if (end > bytes.length || !Arrays.equals(bytes, at, end, expected, 0, expected.length)) {
      return false;
    }
    at = end;
    return true;
  }

  void blanks() {
    while (at < bytes.length && bytes[at] == ' ') {
      at++;
    }
  }

  /** Passes the last byte. */
  boolean end(char expected) {
    return at == bytes.length - 1 && bytes[at] == expected;
  }

  /** Passes an integer from 0 to 18 digits without leading zeros; -1 when there is none. */
  long number() {
    int from = at;
    long value = 0;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      value = 10 * value + bytes[at++] - '0';
      if (at - from > Decimal.SAFE_DIGITS) {
        break;
      }
    }
    int digits = at - from;
    boolean fits = digits > 0 && digits <= Decimal.SAFE_DIGITS;
    if (!fits || (digits > 1 && bytes[from] == '0')) {
      at = from;
      return NONE;
    }
    return value;
  }

  /** Passes a text in quotes of which every byte stands for itself; null when there is none. */
  String text() {
    if (at >= bytes.length || bytes[at] != '"') {
      return null;
    }
    int end = at + 1;
    while (end < bytes.length && plain(bytes[end])) {
      end++;
    }
    if (end == bytes.length || bytes[end] != '"') {
      return null;
    }
    String text = new String(bytes, at + 1, end - at - 1, StandardCharsets.ISO_8859_1);
    at = end + 1;
    return text;
  }

  /** The rest of a message from behind its list's bracket; null when it is anything else. */
  Numbers numbers() {
    int count = count();
    if (count < 0) {
      return null;
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = number();
      if (values[i] < 0) {
        return null;
      }
      at++; // a comma or the bracket, as counted
    }
    if (count == 0) {
      at++;
    }
    return end('}') ? Numbers.wrap(values) : null;
  }

  /** How many numbers the list has, judged by nothing but digits and commas; -1 for another. */
  private int count() {
    int commas = 0;
    int i = at;
    while (i < bytes.length && bytes[i] != ']') {
      if (bytes[i] == ',') {
        commas++;
      } else if (bytes[i] < '0' || bytes[i] > '9') {
        return NONE;
      }
      i++;
    }
    int count = i == at ? 0 : commas + 1;
    return i == bytes.length || count > Limits.CONNECTIONS ? NONE : count;
  }

  /** Whether a byte stands for itself in a JSON text. */
  static boolean plain(byte b) {
    return b >= 0x20 && b < 0x7f && b != '"' && b != '\\';
  }
}
