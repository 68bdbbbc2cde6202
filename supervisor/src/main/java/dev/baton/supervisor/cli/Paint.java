package dev.baton.supervisor.cli;

/**
 * Colours for a terminal, or none. What a state means is never in its colour alone.
 *
 * @param on whether there are any
 */
record Paint(boolean on) {
  /** Without colours. */
  static final Paint NONE = new Paint(false);

  private static final String RESET = "\u001b[0m";

  /** The state of a pool or worker; {@code text} is the word, or has it padded. */
  String state(String text) {
    return switch (text.strip()) {
      case "serving" -> green(text);
      case "starting", "restarting", "spare", "leaving", "stopping" -> yellow(text);
      case "down", "failed", "degraded" -> red(text);
      default -> text;
    };
  }

  String bold(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  String red(String text) {
    return paint("31", text);
  }

  private String green(String text) {
    return paint("32", text);
  }

  private String yellow(String text) {
    return paint("33", text);
  }

  private String paint(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + RESET : text;
  }

  /** How many columns a text takes. */
  static int width(String text) {
    return text.indexOf('\u001b') < 0
        ? text.length()
        : text.replaceAll("\u001b\\[[0-9;]*m", "").length();
  }
}
