package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who does not answer is ended, and only who does not answer. */
@BatonTest
@Timeout(120)
class HungWorkerIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aStoppedWorkerIsEndedAndAStoppedSupervisorEndsNobody() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin"));
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .workers(2)
                .listeners("tcp")
                .heap("48m")
                .set("heartbeat.period", "200ms")
                .set("heartbeat.missed", 3)
                .set("heartbeat.dumpTimeout", "1s"));
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator()) {
      var before = baton.workers("pool");
      load.start(LoadPlan.newConnections(baton.target("tcp")).rate(50));
      stopForALongTime(baton, load);
      assertEquals(ids(before), ids(baton.workers("pool")), "ended for their supervisor");

      var victim = before.get(0);
      baton.signal("STOP", victim);
      Deadline.await(
          SOON,
          "it is asked for its threads, which it cannot tell while it is stopped",
          () -> Proc.status(victim.pid(), "ShdPnd").filter(HungWorkerIT::quits).isPresent(),
          () -> events(conf));
      Deadline.await(
          SOON,
          "the stopped worker is ended",
          () -> !Proc.exists(victim.pid()),
          () -> events(conf));
      baton.awaitReady();
      var report = load.stop();
      assertEquals(0, report.count(Outcome.REFUSED), report::toString);
      var events = events(conf);
      assertTrue(
          events.contains("hung: has not answered 3 heartbeats"), () -> "no hung in " + events);
      assertTrue(
          events.contains("exited: has not answered 3 heartbeats; killed by SIGKILL"),
          () -> "no end in " + events);
      assertEquals(before.get(1).id(), baton.workers("pool").get(1).id(), events);
    }
  }

  /** Whether a mask of pending signals has SIGQUIT, which is number 3. */
  private static boolean quits(String pending) {
    return (Long.parseUnsignedLong(pending.strip(), 16) & 1 << 2) != 0;
  }

  @Test
  @Tag("long")
  void aSupervisorThatIsStoppedForAMinuteEndsNobody() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp");
    var plugin = new PluginFiles(folder.resolve("plugin"));
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .workers(2)
                .listeners("tcp")
                .heap("48m")
                .set("heartbeat.period", "1s"));
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator()) {
      var before = baton.workers("pool");
      load.start(LoadPlan.newConnections(baton.target("tcp")).rate(50));
      baton.signal("STOP");
      try {
        TimeUnit.SECONDS.sleep(60); // what is tested, and not a wait for anything
      } finally {
        baton.signal("CONT");
      }
      TimeUnit.SECONDS.sleep(10); // of which each second has a heartbeat
      assertEquals(ids(before), ids(baton.workers("pool")), "ended for their supervisor");
      var report = load.stop();
      assertEquals(0, report.lost(), report::toString);
      assertTrue(report.count(Outcome.OK) > 60 * 40, report::toString);
    }
  }

  private static List<String> ids(List<WorkerInfo> workers) {
    return workers.stream().map(WorkerInfo::id).toList();
  }

  /** Longer than all beats that a worker may miss. */
  private static void stopForALongTime(BatonProcess baton, LoadGenerator load) throws Exception {
    baton.signal("STOP");
    try {
      long served = load.snapshot().count(Outcome.OK);
      Deadline.await(
          SOON,
          "its workers go on serving",
          () -> load.snapshot().count(Outcome.OK) >= served + 40, // 0.8 s at 50 a second
          () -> load.snapshot().toString());
    } finally {
      baton.signal("CONT");
    }
    long served = load.snapshot().count(Outcome.OK);
    Deadline.await(
        SOON,
        "more than all beats have passed again",
        () -> load.snapshot().count(Outcome.OK) >= served + 40,
        () -> load.snapshot().toString());
  }

  private static String events(ConfFile conf) {
    try {
      return Http.get(conf.admin(), "/v1/events?newest=1000").body();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
