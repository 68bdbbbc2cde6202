package dev.baton.benchmarks;

import dev.baton.e2e.kit.Proc;
import java.util.List;

/**
 * The CPU time that some processes have used, in user and kernel mode and by all their threads,
 * ended ones included: utime and stime of {@code /proc/PID/stat} (proc(5)). The kernel counts in
 * nanoseconds and shows ticks, so a difference is off by 10 ms for each process at most.
 *
 * @param pids the processes
 */
record CpuClock(List<Long> pids) {
  /** USER_HZ, the same on every architecture that a JDK 17 runs on. */
  private static final double TICKS_PER_SECOND = 100;

  CpuClock {
    pids = List.copyOf(pids);
  }

  static CpuClock of(Long... pids) {
    return new CpuClock(List.of(pids));
  }

  /**
   * Seconds since the processes were started.
   *
   * @throws IllegalStateException when one of them has ended
   */
  double seconds() {
    return pids.stream().mapToLong(CpuClock::ticks).sum() / TICKS_PER_SECOND;
  }

  private static long ticks(long pid) {
    return Proc.stat(pid)
        .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"))
        .cpuTicks();
  }
}
