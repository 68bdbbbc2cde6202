package dev.baton.supervisor.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that is not our child, recognised by pid and start time, so that a pid that is used
 * again is not taken for it (proc(5), /proc/pid/stat).
 *
 * @param pid its process id
 * @param startTime in clock ticks since boot, as text; empty if it cannot be seen from here
 */
record RunningProcess(long pid, String startTime) {

  private static final int STATE = 0;
  private static final int START_TIME = 19;

  static RunningProcess of(long pid) {
    String[] fields = fields(pid);
    return new RunningProcess(pid, fields.length > START_TIME ? fields[START_TIME] : "");
  }

  /** Whether it has ended; a zombie has, as it may wait for its parent for ever. */
  boolean gone() {
    String[] fields = fields(pid);
    return fields.length <= START_TIME
        || !fields[START_TIME].equals(startTime)
        || fields[STATE].equals("Z")
        || fields[STATE].equals("X");
  }

  /** What follows the name of the command, which may itself contain blanks and parentheses. */
  private static String[] fields(long pid) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    } catch (IOException e) {
      return new String[0];
    }
  }
}
