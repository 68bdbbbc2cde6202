package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this process itself may do, as {@code /proc/self/status} tells ({@code proc(5)}). */
public final class OwnRights {

  /** CAP_SETGID is bit 6 and CAP_SETUID bit 7 ({@code linux/capability.h}). */
  private static final long CHANGE_USER = 1L << 6 | 1L << 7;

  /** CAP_SYS_NICE. */
  private static final long LOWER_NICE = 1L << 23;

  /** CAP_SYS_RESOURCE. */
  private static final long RAISE_LIMITS = 1L << 24;

  /** Besides it CAP_DAC_OVERRIDE, as the files of a process below /proc are its user's. */
  private static final long SCHEDULE_OTHERS = 1L << 1 | LOWER_NICE;

  private OwnRights() {}

  /** Whether it can take a lower nice value than it has, whatever its limits. */
  public static boolean lowerNice() {
    return has(LOWER_NICE);
  }

  /** Whether it can raise hard limits, and be spared for lack of memory. */
  public static boolean raiseLimits() {
    return has(RAISE_LIMITS);
  }

  /** Whether it can become another user and group; true where that cannot be told. */
  public static boolean changeUser() {
    return has(CHANGE_USER);
  }

  /** The same of a process whose status that is. */
  public static boolean changeUser(List<String> status) {
    return has(CHANGE_USER, status);
  }

  /** Whether it can change how processes of other users are scheduled. */
  static boolean scheduleOthers() {
    return has(SCHEDULE_OTHERS);
  }

  private static boolean has(long capabilities) {
    try {
      Path status = Path.of("/proc/self/status");
      return has(capabilities, Files.readAllLines(status, StandardCharsets.ISO_8859_1));
    } catch (IOException | NumberFormatException e) {
      return true;
    }
  }

  private static boolean has(long capabilities, List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("CapEff:"))
        .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
        .allMatch(effective -> (effective & capabilities) == capabilities);
  }
}
