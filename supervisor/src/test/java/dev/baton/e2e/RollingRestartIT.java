package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.ServingWatch;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pools of two are restarted under load, again and again, and no client notices: new connections
 * and kept ones, over TCP and over UNIX-domain sockets, 500 requests a second in all.
 */
@BatonTest
class RollingRestartIT {
  private static final double RATE = 125;
  private static final int KEPT = 25;
  private static final List<String> POOLS = List.of("hello", "web");

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  @Timeout(300)
  void sixRestartsLoseNothing() throws Exception {
    restartUnderLoad(3); // of each pool
  }

  @Test
  @Tag("long")
  @Timeout(1800)
  void aHundredRestartsLoseNothing() throws Exception {
    restartUnderLoad(100);
  }

  /** With nobody above the target, there are moments without any worker: clients wait. */
  @Test
  @Timeout(120)
  void aPoolOfOneWithoutSurgeLosesNothing() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    conf.pool(
        "hello",
        pool -> pool.sample(installation, Sample.HELLO).listeners("tcp", "unix").heap("48m"));
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator()) {
      long before = baton.workers("hello").get(0).pid();
      load.start(
          LoadPlan.newConnections(baton.target("tcp")).rate(50),
          LoadPlan.newConnections(baton.target("unix")).rate(50));
      baton.run("restart", "hello", "--surge", "0").expect(0);
      var report = load.stop();

      assertEquals(0, report.lost(), report::toString);
      assertEquals(0, report.count(Outcome.LATE), report::toString);
      var workers = baton.workers("hello");
      assertEquals(1, workers.size(), workers::toString);
      assertTrue(workers.get(0).pid() != before, workers::toString);
    }
  }

  private void restartUnderLoad(int times) throws Exception {
    var conf = ConfFile.in(folder);
    conf.tcp("hello-tcp").unix("hello-unix").tcp("web-tcp").unix("web-unix");
    pool(conf, "hello", Sample.HELLO);
    pool(conf, "web", Sample.HTTP);
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator();
        var watch = new ServingWatch(baton)) {
      load.start(
          LoadPlan.newConnections(baton.target("hello-tcp")).rate(RATE),
          LoadPlan.newConnections(baton.target("hello-unix")).rate(RATE),
          LoadPlan.keepAlive(baton.target("web-tcp"), KEPT).rate(RATE),
          LoadPlan.keepAlive(baton.target("web-unix"), KEPT).rate(RATE));
      var seen = new HashSet<Long>();
      for (var pool : POOLS) {
        checkGeneration(baton.workers(pool), 1, seen);
      }
      for (int restart = 1; restart <= times; restart++) {
        for (var pool : POOLS) {
          long begin = System.nanoTime();
          baton.run("restart", pool).expect(0);
          long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
          System.out.println(pool + ", restart " + restart + ": " + millis + " ms");
          checkGeneration(baton.workers(pool), restart + 1, seen);
        }
      }
      check(load.stop());
      assertTrue(watch.looks() > times, () -> "looks: " + watch.looks());
      assertEquals(Map.of("hello", 2L, "web", 2L), watch.fewest());
    }
  }

  private void pool(ConfFile conf, String name, Sample sample) {
    conf.pool(
        name,
        pool ->
            pool.sample(installation, sample)
                .workers(2)
                .listeners(name + "-tcp", name + "-unix")
                .heap("48m")
                .drainTimeout(Duration.ofSeconds(10)));
  }

  /** Exactly two, both of this generation, in processes that were never seen before. */
  private static void checkGeneration(List<WorkerInfo> workers, long generation, Set<Long> seen) {
    assertEquals(2, workers.size(), workers::toString);
    for (var worker : workers) {
      assertTrue(worker.serving(), workers::toString);
      assertEquals(generation, worker.generation(), workers::toString);
      assertTrue(seen.add(worker.pid()), workers::toString);
    }
  }

  private static void check(LoadReport report) {
    System.out.print(report);
    assertEquals(0, report.lost(), report::toString);
    assertEquals(0, report.count(Outcome.BAD), report::toString);
    assertEquals(0, report.count(Outcome.CLOSED_IDLE), report::toString);
    assertTrue(report.achievedRate() >= 0.95 * report.plannedRate(), report::toString);
    for (var part : report.parts().subList(2, 4)) {
      assertTrue(part.count(Outcome.ANNOUNCED) > 0, report::toString);
    }
  }
}
