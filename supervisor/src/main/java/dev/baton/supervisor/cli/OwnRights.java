package dev.baton.supervisor.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this process itself may do, as {@code /proc/self/status} tells ({@code proc(5)}). */
final class OwnRights {

  /** CAP_SETGID is bit 6 and CAP_SETUID bit 7 ({@code linux/capability.h}). */
  private static final long CHANGE_USER = 1L << 6 | 1L << 7;

  private OwnRights() {}

  /** Whether it can become another user and group; true where that cannot be told. */
  static boolean changeUser() {
    try {
      Path status = Path.of("/proc/self/status");
      return changeUser(Files.readAllLines(status, StandardCharsets.ISO_8859_1));
    } catch (IOException | NumberFormatException e) {
      return true;
    }
  }

  static boolean changeUser(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("CapEff:"))
        .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
        .allMatch(effective -> (effective & CHANGE_USER) == CHANGE_USER);
  }
}
