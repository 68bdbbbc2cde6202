package dev.baton.supervisor.config;

/**
 * A text of the file, with its variables replaced and the place it came from.
 *
 * @param line counted from 1
 * @param path of the key
 * @param written as it stands in the file, as the {@code found} of a problem
 * @param text to be used
 */
record Value(int line, String path, String written, String text) {

  /** What to call this value in a problem: both forms if variables made it what it is. */
  String words() {
    String now = Words.quote(text);
    boolean replaced = !written.equals(now) && written.contains("${");
    return replaced ? now + " (written as " + written + ")" : written;
  }
}
