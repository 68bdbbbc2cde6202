package dev.baton.samples.dns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A domain name: labels with their lengths as on the wire, in small letters, since names are
 * compared without regard to case (RFC 1035, 2.3.3 and 3.1; RFC 4343).
 *
 * @param wire one character a byte, the root's empty label included
 */
record Name(String wire) {
  private static final int MOST_LABEL_BYTES = 63;
  private static final int MOST_BYTES = 255;
  private static final int POINTER = 0xc0;

  /**
   * Reads a text such as {@code www.example.test}, with or without a dot at its end.
   *
   * @throws IllegalArgumentException when it is no name
   */
  static Name of(String text) {
    StringBuilder wire = new StringBuilder();
    String plain = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    for (String label : plain.isEmpty() ? new String[0] : plain.split("\\.", -1)) {
      if (!label.matches("[A-Za-z0-9_-]{1,63}")) {
        throw new IllegalArgumentException(
            "found \"" + text + "\", allowed are labels of 1 to 63 letters, digits, - and _");
      }
      wire.append((char) label.length()).append(label.toLowerCase(Locale.ROOT));
    }
    if (wire.length() + 1 > MOST_BYTES) {
      throw new IllegalArgumentException(
          "found a name of " + (wire.length() + 1) + " bytes, allowed are " + MOST_BYTES);
    }
    return new Name(wire.append('\0').toString());
  }

  /** Reads a name that is not compressed, as the one of a question cannot be: nothing precedes. */
  static Name read(ByteBuffer in) throws FormatException {
    int start = in.position();
    for (int length = next(in); length != 0; length = next(in)) {
      if (length > MOST_LABEL_BYTES) {
        throw new FormatException("a label of " + length + " bytes, or a pointer to nowhere");
      }
      skipBytes(in, length);
      if (in.position() - start >= MOST_BYTES) {
        throw new FormatException("a name of more than " + MOST_BYTES + " bytes");
      }
    }
    byte[] wire = new byte[in.position() - start];
    in.get(start, wire);
    for (int i = 0; i < wire.length; i++) {
      if (wire[i] >= 'A' && wire[i] <= 'Z') {
        wire[i] += 'a' - 'A'; // a length is at most 63, which is below all letters
      }
    }
    return new Name(new String(wire, StandardCharsets.ISO_8859_1));
  }

  /** Goes past a name, compressed or not (RFC 1035, 4.1.4). */
  static void skip(ByteBuffer in) throws FormatException {
    for (int length = next(in); length != 0; length = next(in)) {
      if (length >= POINTER) {
        skipBytes(in, 1);
        return;
      }
      if (length > MOST_LABEL_BYTES) {
        throw new FormatException("a label of an unknown kind");
      }
      skipBytes(in, length);
    }
  }

  private static int next(ByteBuffer in) throws FormatException {
    if (!in.hasRemaining()) {
      throw new FormatException("a name breaks off");
    }
    return in.get() & 0xff;
  }

  private static void skipBytes(ByteBuffer in, int count) throws FormatException {
    if (in.remaining() < count) {
      throw new FormatException("a name breaks off");
    }
    in.position(in.position() + count);
  }

  boolean isRoot() {
    return wire.length() == 1;
  }

  /** The name without its first label; not for the root. */
  Name parent() {
    return new Name(wire.substring(1 + wire.charAt(0)));
  }

  /** Whether it is this name, or a name below it. */
  boolean isWithin(Name zone) {
    Name name = this;
    while (name.wire.length() > zone.wire.length()) {
      name = name.parent();
    }
    return name.equals(zone);
  }

  /** The name as bytes. */
  byte[] bytes() {
    return wire.getBytes(StandardCharsets.ISO_8859_1);
  }
}
