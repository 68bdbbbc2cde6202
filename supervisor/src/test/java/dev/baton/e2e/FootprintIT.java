package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the supervisor costs, with bounds that only a blunder exceeds; the benchmarks measure it
 * exactly.
 */
@BatonTest
@Tag("alone")
@Timeout(120)
class FootprintIT {
  private static final long MIB = 1024 * 1024;

  /** /proc/PID/stat counts CPU time in ticks of 10 ms, see time(7). */
  private static final double TICKS_PER_SECOND = 100;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void isSmallAndRestartsSoon() throws Exception {
    try (var baton = BatonProcess.start(installation, conf(), BatonProcess.AS_SHIPPED)) {
      long begin = System.nanoTime();
      baton.run("restart", "hello").expect(0);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      long pss = Proc.pssBytes(baton.pid()).orElseThrow() / MIB;
      System.out.println("restart of 2 workers: " + millis + " ms; supervisor: " + pss + " MiB");
      assertTrue(pss < 200, () -> "the supervisor takes " + pss + " MiB, below 200 expected");
      assertTrue(millis < 15_000, () -> "the restart took " + millis + " ms");
    }
  }

  @Test
  @Tag("long")
  void idlesWithoutWork() throws Exception {
    try (var baton = BatonProcess.start(installation, conf(), BatonProcess.AS_SHIPPED)) {
      // What comes after a start (compilers, the admin API) is not idling yet.
      passTime(baton, Duration.ofSeconds(10));
      long seconds = 30;
      long before = Proc.stat(baton.pid()).orElseThrow().cpuTicks();
      passTime(baton, Duration.ofSeconds(seconds));
      long ticks = Proc.stat(baton.pid()).orElseThrow().cpuTicks() - before;
      double percent = 100 * ticks / TICKS_PER_SECOND / seconds;
      System.out.println("supervisor idle: " + percent + " % CPU");
      assertTrue(percent < 2, () -> "the idle supervisor takes " + percent + " % of a CPU");
    }
  }

  /** Watches only that it lives. */
  private static void passTime(BatonProcess baton, Duration time) throws Exception {
    assertTrue(!Deadline.met(time, () -> !baton.alive()), baton::describe);
  }

  private ConfFile conf() {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    return conf.pool(
        "hello",
        pool ->
            pool.sample(installation, Sample.HELLO)
                .workers(2)
                .listeners("tcp", "unix")
                .heap("48m"));
  }
}
