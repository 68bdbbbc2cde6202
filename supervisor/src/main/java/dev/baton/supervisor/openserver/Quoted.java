package dev.baton.supervisor.openserver;

/** What a peer sent, as one line that does nothing to a terminal and deceives nobody. */
final class Quoted {
  private Quoted() {}

  /**
   * In quotation marks, with these and backslashes escaped; cut.
   *
   * @param most characters of the text that are shown
   */
  static String text(String text, int most) {
    StringBuilder quoted = new StringBuilder(Math.min(text.length(), most) + 8).append('"');
    int end = text.length() <= most ? text.length() : most;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\');
      }
      append(quoted, c);
    }
    quoted.append(end < text.length() ? "...\"" : "\"");
    return quoted.toString();
  }

  /** Appends a text, cut and without anything but plain characters. */
  static void append(StringBuilder target, String text, int most) {
    int end = Math.min(text.length(), most);
    for (int i = 0; i < end; i++) {
      append(target, text.charAt(i));
    }
    if (end < text.length()) {
      target.append("...");
    }
  }

  private static void append(StringBuilder target, char c) {
    if (c >= ' ' && c < 0x7f) {
      target.append(c);
      return;
    }
    switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          target.append(String.format("\\u%04x", (int) c));
      default -> target.append(c);
    }
  }
}
