package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CpuClockTest {
  private static final long ENOUGH_NANOS = 50_000_000;
  private static final long NO_PROCESS = 1L << 30;

  @Test
  void runsWhileThisProcessWorks() {
    CpuClock clock = CpuClock.of(ProcessHandle.current().pid());
    double before = clock.seconds();
    long until = System.nanoTime() + 10_000_000_000L;
    double used = 0;
    while (used < ENOUGH_NANOS / 1e9 && System.nanoTime() - until < 0) {
      used = clock.seconds() - before;
    }
    assertTrue(used >= ENOUGH_NANOS / 1e9, "10 s of work took " + used + " s of CPU");
  }

  @Test
  void addsUpProcesses() {
    long pid = ProcessHandle.current().pid();
    double once = CpuClock.of(pid).seconds();
    assertTrue(CpuClock.of(pid, pid).seconds() >= 2 * once);
  }

  @Test
  void saysThatAProcessHasEnded() {
    assertThrows(IllegalStateException.class, () -> CpuClock.of(NO_PROCESS).seconds());
  }
}
