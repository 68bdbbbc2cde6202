package dev.baton.supervisor.cli;

import dev.baton.supervisor.process.ProcStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that is not our child, recognised by pid and start time, so that a pid that is used
 * again is not taken for it (proc(5), /proc/pid/stat).
 *
 * @param pid its process id
 * @param startTime in clock ticks since boot, as text; empty if it cannot be seen from here
 */
record RunningProcess(long pid, String startTime) {

  static RunningProcess of(long pid) {
    return new RunningProcess(pid, stat(pid).map(ProcStat::startTime).orElse(""));
  }

  /** Whether it has ended; a zombie has, as it may wait for its parent for ever. */
  boolean gone() {
    return stat(pid).filter(s -> s.startTime().equals(startTime) && !s.ended()).isEmpty();
  }

  private static Optional<ProcStat> stat(long pid) {
    try {
      return Optional.of(ProcStat.of(Path.of("/proc", Long.toString(pid))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
