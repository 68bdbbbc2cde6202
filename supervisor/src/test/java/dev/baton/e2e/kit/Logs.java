package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The ends of files that a failing test shows. */
final class Logs {
  private static final int LINES = 60;
  private static final long BYTES = 64 * 1024;

  private Logs() {}

  /** The last 60 lines, or why there are none. */
  static String tail(Path file) {
    try (var channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - BYTES));
      var bytes = java.nio.channels.Channels.newInputStream(channel).readAllBytes();
      var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    } catch (IOException e) {
      return "(not readable: " + e + ")";
    }
  }

  /**
   * The regular files below a folder that match the glob, sorted; none if there is no folder. Links
   * are left out: they name files that are listed themselves.
   */
  static List<Path> find(Path folder, String glob) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> matcher.matches(folder.relativize(file)))
          .filter(file -> Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      // A log that is removed during the walk; the report shows the rest, or nothing.
      return List.of();
    }
  }
}
