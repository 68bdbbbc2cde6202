package dev.baton.supervisor.process;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A worker's bytes as text that does nothing to a terminal. */
final class SafeText {
  /** Colours (SGR, ECMA-48 8.3.117), which logs are full of: dropped instead of spelled out. */
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]{0,32}m");

  private SafeText() {}

  /**
   * One line without its end: UTF-8, what is not becomes U+FFFD; control and invisible formatting
   * characters but the tab become {@code \}{@code uXXXX}.
   */
  static String line(byte[] bytes, int from, int to) {
    int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
    String text = new String(bytes, from, end - from, StandardCharsets.UTF_8);
    boolean plain = text.chars().noneMatch(SafeText::isUnsafe);
    return plain ? text : escape(COLOUR.matcher(text).replaceAll(""));
  }

  private static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isUnsafe(c)) {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  private static boolean isUnsafe(int c) {
    int type = Character.getType(c);
    return c != '\t'
        && (type == Character.CONTROL
            || type == Character.FORMAT
            || type == Character.LINE_SEPARATOR
            || type == Character.PARAGRAPH_SEPARATOR);
  }
}
