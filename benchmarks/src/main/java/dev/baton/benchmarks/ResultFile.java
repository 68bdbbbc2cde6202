package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document with one place for the results of each benchmark, between {@code <!-- results: NAME
 * -->} and {@code <!-- end of results: NAME -->}, each on a line of its own.
 */
final class ResultFile {
  private final Path path;

  ResultFile(Path path) {
    this.path = path;
  }

  /**
   * Checks that the place is there, before something takes minutes to be measured.
   *
   * @throws IOException with the marker that is missing
   */
  void check(String benchmark) throws IOException {
    replace(Files.readString(path), benchmark, "");
  }

  /** Replaces what is between the markers. */
  void write(String benchmark, String result) throws IOException {
    Files.writeString(path, replace(Files.readString(path), benchmark, result));
  }

  private String replace(String text, String benchmark, String result) throws IOException {
    String begin = "<!-- results: " + benchmark + " -->\n";
    String end = "<!-- end of results: " + benchmark + " -->\n";
    int from = find(text, begin, 0) + begin.length();
    int to = find(text, end, from);
    String inner = result.isEmpty() ? "" : "\n" + result.strip() + "\n\n";
    return text.substring(0, from) + inner + text.substring(to);
  }

  private int find(String text, String marker, int from) throws IOException {
    int at = text.indexOf(marker, from);
    if (at < 0) {
      throw new IOException(path + " has no line \"" + marker.strip() + "\"");
    }
    return at;
  }
}
