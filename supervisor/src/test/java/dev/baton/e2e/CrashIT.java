package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Promise 1: whatever happens to workers, no connect is refused. */
@BatonTest
@Timeout(120)
class CrashIT {
  private static final int KEPT = 20;
  private static final int NEW = 8;
  private static final Duration BACK = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aKilledWorkerTakesOnlyItsOwnConnectionsWithIt() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    conf.pool(
        "web",
        pool ->
            pool.sample(installation, Sample.HTTP)
                .workers(2)
                .listeners("tcp", "unix")
                .heap("48m")
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(1)));
    try (var baton = BatonProcess.start(installation, conf);
        var kept = new LoadGenerator();
        var others = new LoadGenerator()) {
      kept.start(LoadPlan.keepAlive(baton.target("tcp"), KEPT).path("/slow?ms=20").rate(200));
      others.start(
          LoadPlan.newConnections(baton.target("tcp")).rate(100).connections(NEW),
          LoadPlan.newConnections(baton.target("unix")).rate(100).connections(NEW));
      awaitOk(kept, 200);
      awaitOk(others, 200);

      var victim = baton.workers("web").get(0);
      long sockets = Proc.fds(victim.pid()).stream().filter(Proc.Fd::isSocket).count();
      baton.kill9(victim.pid());
      awaitBack(baton, "web", victim);
      long afterwards = others.snapshot().count(Outcome.OK);
      awaitOk(others, afterwards + 100);

      var ofKept = kept.stop();
      checkOnlyTorn(ofKept);
      assertTrue(ofKept.lost() >= 1, ofKept::toString);
      assertTrue(ofKept.lost() <= sockets, () -> sockets + " sockets, but " + ofKept);
      var ofOthers = others.stop();
      checkOnlyTorn(ofOthers);
      assertTrue(ofOthers.lost() <= 2 * NEW, ofOthers::toString);
      // All at one moment: the kill, and not the new worker's start.
      assertWithin(Duration.ofMillis(500), ofKept);
      assertWithin(Duration.ofMillis(500), ofOthers);
    }
  }

  @Test
  void withEveryWorkerDeadAndNoneStartableClientsWait() throws Exception {
    var needed = Files.createFile(folder.resolve("needed"));
    var plugin = new PluginFiles(folder.resolve("plugin")).behaviour("needs " + needed);
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .workers(2)
                .listeners("tcp", "unix")
                .heap("48m")
                .backoff(Duration.ofMillis(100), Duration.ofMillis(500)));
    try (var baton = BatonProcess.start(installation, conf)) {
      var before = baton.workers("pool");
      Files.delete(needed);
      before.forEach(worker -> baton.kill9(worker.pid()));
      awaitGone(before);

      try (var load = new LoadGenerator()) {
        load.start(
            LoadPlan.newConnections(baton.target("tcp")).rate(20).timeout(Duration.ofSeconds(60)),
            LoadPlan.newConnections(baton.target("unix")).rate(20).timeout(Duration.ofSeconds(60)));
        baton.awaitStatus(
            BACK,
            "each slot has tried again and failed",
            status -> {
              var pool = status.at("/pools/0");
              return pool.at("/workers/0/restarts").asInt() >= 2
                  && pool.at("/workers/1/restarts").asInt() >= 2;
            });
        var meanwhile = load.snapshot();
        assertEquals(0, meanwhile.requests(), meanwhile::toString);

        Files.createFile(needed);
        baton.awaitReady();
        awaitOk(load, 100);
        var report = load.stop();
        assertEquals(0, report.lost(), report::toString);
        assertTrue(report.maxMicros() > 500_000, "the first clients waited: " + report);
      }
    }
  }

  private static void awaitOk(LoadGenerator load, long count) throws Exception {
    Deadline.await(
        BACK,
        count + " answered requests",
        () -> load.snapshot().count(Outcome.OK) >= count,
        () -> load.snapshot().toString());
  }

  /** The slot has a worker again: another process and run of the same generation. */
  private static void awaitBack(BatonProcess baton, String pool, WorkerInfo victim)
      throws Exception {
    baton.awaitStatus(
        BACK,
        "slot " + victim.slot() + " serves again",
        status -> {
          var worker = status.at("/pools/0/workers/" + victim.slot());
          return worker.path("state").asText().equals("serving")
              && worker.path("pid").asLong() != victim.pid();
        });
    var workers = baton.workers(pool);
    var successor = workers.get(victim.slot());
    assertEquals(2, workers.size(), workers::toString);
    assertEquals(victim.slot(), successor.slot(), workers::toString);
    assertNotEquals(victim.id(), successor.id(), workers::toString);
    assertEquals(victim.generation(), successor.generation(), workers::toString);
  }

  private static void awaitGone(List<WorkerInfo> workers) throws Exception {
    Deadline.await(
        Duration.ofSeconds(5),
        "the killed workers are gone and reaped",
        () -> workers.stream().noneMatch(worker -> Proc.exists(worker.pid())),
        workers::toString);
  }

  private static void checkOnlyTorn(LoadReport report) {
    assertEquals(0, report.count(Outcome.REFUSED), report::toString);
    assertEquals(0, report.count(Outcome.TIMEOUT), report::toString);
    assertEquals(0, report.count(Outcome.BAD), report::toString);
  }

  private static void assertWithin(Duration span, LoadReport report) {
    var failures = report.failures();
    if (!failures.isEmpty()) {
      var first = failures.get(0).at();
      var last = failures.get(failures.size() - 1).at();
      assertTrue(last.minus(first).compareTo(span) <= 0, report::toString);
    }
  }
}
