package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingOutcome;
import dev.baton.load.GreetingPlan;
import dev.baton.load.GreetingReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promise 3: a connection that was handed to a worker which dies before it took it over goes to
 * another one, and no client is ever served twice. The greeting is the witness.
 */
@BatonTest
@Timeout(120)
class DispatchCrashIT {
  private static final int THREADS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** More than enough of both for a test, so that only a death moves a connection. */
  private static final Duration NEVER = Duration.ofMinutes(5);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void workersThatAreKilledUnderLoadServeNobodyTwice(boolean unix) throws Exception {
    killUnderLoad(unix, 3, 300);
  }

  @Test
  @Tag("long")
  @Timeout(300)
  void aThousandConnectionsASecondOverThirtyKills() throws Exception {
    killUnderLoad(false, 31, 1000);
  }

  private void killUnderLoad(boolean unix, int kills, double rate) throws Exception {
    var greeters = new Greeters(folder, 3, THREADS).dispatch("round-robin");
    greeters.set(pool -> pool.config("workMillis", 2));
    if (unix) {
      greeters.unix();
    }
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = new GreetingLoad(GreetingPlan.rate(baton.target(Greeters.LISTENER), rate))) {
      for (int i = 0; i < kills; i++) {
        TimeUnit.SECONDS.sleep(2); // between two kills; not a wait for anything
        var victim =
            baton.workers(Greeters.POOL).stream().filter(w -> w.serving()).skip(i % 2).findFirst();
        assertTrue(victim.isPresent(), baton::describe);
        baton.kill9(victim.get().pid());
      }
      long before = load.snapshot().count(GreetingOutcome.SERVED);
      awaitServed(load, before + (long) rate);
      var report = load.stop();
      System.out.println(kills + " kills: " + report);
      assertNobodyTwice(report);
      assertTrue(
          report.count(GreetingOutcome.CUT_BEFORE_GREETING) <= kills * THREADS, report::toString);
      assertTrue(
          report.count(GreetingOutcome.CUT_AFTER_GREETING) <= kills * THREADS, report::toString);
      assertTrue(report.count(GreetingOutcome.LATE) * 100 <= report.clients(), report::toString);
    }
  }

  /** Refused, unserved or served twice is nobody, whatever dies. */
  private static void assertNobodyTwice(GreetingReport report) {
    for (var never :
        List.of(
            GreetingOutcome.SERVED_TWICE,
            GreetingOutcome.REFUSED,
            GreetingOutcome.TIMEOUT,
            GreetingOutcome.BAD)) {
      assertEquals(0, report.count(never), report::toString);
    }
  }

  private static void awaitServed(GreetingLoad load, long count) throws Exception {
    Deadline.await(
        PATIENCE,
        count + " served clients",
        () -> load.snapshot().count(GreetingOutcome.SERVED) >= count,
        () -> load.snapshot().toString());
  }

  /** In the socket of the channel: the worker is stopped and reads nothing. */
  @Test
  void whatIsQueuedForAWorkerThatDiesIsServedByAnother() throws Exception {
    var greeters = new Greeters(folder, 2, 1).dispatch("round-robin").recall(NEVER, NEVER);
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var victim = Greeters.serving(baton, 0);
      baton.signal("STOP", victim);
      try (var load = eight(baton)) {
        awaitServed(load, 4);
        baton.awaitConnections(Greeters.LISTENER, "handedOff", 8);
        baton.kill9(victim.pid());
        assertOutcomes(Map.of(GreetingOutcome.SERVED, 8L), load);
      }
      baton.awaitConnections(Greeters.LISTENER, "redispatched", 4);
    }
  }

  /** In the SDK: the worker has read the frame, and the plugin has not taken the connection. */
  @Test
  void whatThePluginHasNotTakenIsServedByAnother() throws Exception {
    var greeters = new Greeters(folder, 2, 1).dispatch("round-robin").recall(NEVER, NEVER);
    greeters.gates().hold("take", 0);
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = eight(baton)) {
      greeters.gates().await("take", 0, 1);
      awaitServed(load, 4);
      baton.awaitConnections(Greeters.LISTENER, "handedOff", 8);
      kill(baton, greeters, "take");
      assertOutcomes(Map.of(GreetingOutcome.SERVED, 8L), load);
      baton.awaitConnections(Greeters.LISTENER, "redispatched", 4);
    }
  }

  /** The claim counts, though nothing was read or written: whose turn it is must not be guessed. */
  @Test
  void whatWasClaimedAndNotGreetedIsCutAndNotServedByAnother() throws Exception {
    var greeters = new Greeters(folder, 2, -1).dispatch("round-robin").recall(NEVER, NEVER);
    greeters.gates().hold("greet", 0);
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = eight(baton)) {
      greeters.gates().await("greet", 0, 4);
      awaitServed(load, 4);
      baton.awaitConnections(Greeters.LISTENER, "claimed", 8);
      kill(baton, greeters, "greet");
      assertOutcomes(
          Map.of(GreetingOutcome.SERVED, 4L, GreetingOutcome.CUT_BEFORE_GREETING, 4L), load);
      assertEquals(0, baton.connections(Greeters.LISTENER, "redispatched"));
    }
  }

  @Test
  void whoWasGreetedIsCutAndNotServedByAnother() throws Exception {
    var greeters = new Greeters(folder, 2, -1).dispatch("round-robin").recall(NEVER, NEVER);
    greeters.gates().hold("answer", 0);
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = eight(baton)) {
      greeters.gates().await("answer", 0, 4);
      awaitServed(load, 4);
      kill(baton, greeters, "answer");
      assertOutcomes(
          Map.of(GreetingOutcome.SERVED, 4L, GreetingOutcome.CUT_AFTER_GREETING, 4L), load);
    }
  }

  /** Its connections may not move while it lives: it would serve them, too, when it wakes up. */
  @Test
  void aStoppedWorkerIsKilledAtTheRecallDeadlineAndItsConnectionsServedOnce() throws Exception {
    var greeters = new Greeters(folder, 2, 1).dispatch("round-robin");
    greeters.recall(Duration.ofMillis(300), Duration.ofMillis(500));
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var stopped = Greeters.serving(baton, 0);
      baton.signal("STOP", stopped);
      try (var load = eight(baton)) {
        assertOutcomes(Map.of(GreetingOutcome.SERVED, 8L), load);
      }
      assertTrue(!Proc.exists(stopped.pid()), () -> "still there: " + stopped);
      baton.awaitReady();
    }
  }

  @Test
  void aWorkerThatIsStoppedUnderLoadLosesNobodyWhomItHadNotTaken() throws Exception {
    var greeters = new Greeters(folder, 2, THREADS).dispatch("round-robin");
    greeters.recall(Duration.ofMillis(300), Duration.ofMillis(500));
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = new GreetingLoad(GreetingPlan.rate(baton.target(Greeters.LISTENER), 200))) {
      awaitServed(load, 100);
      var stopped = Greeters.serving(baton, 0);
      baton.signal("STOP", stopped);
      Deadline.await(
          PATIENCE,
          "the stopped worker is killed, long before a heartbeat of 5 s is missed three times",
          () -> !Proc.exists(stopped.pid()),
          baton::describe);
      baton.awaitReady();
      awaitServed(load, load.snapshot().count(GreetingOutcome.SERVED) + 100);
      assertTrue(baton.connections(Greeters.LISTENER, "redispatched") > 0, baton::describe);
      var report = load.stop();
      assertNobodyTwice(report);
      assertTrue(report.lost() <= THREADS, "more than it had taken: " + report);
      assertTrue(Greeters.serving(baton, 0).pid() != stopped.pid());
    }
  }

  @Test
  void aSlowPluginKeepsItsWorkerAndOthersServeWhatItHasNotTaken() throws Exception {
    var greeters = new Greeters(folder, 2, 1).dispatch("round-robin");
    greeters.recall(Duration.ofMillis(300), Duration.ofSeconds(20));
    greeters.gates().hold("greet", 0);
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = eight(baton)) {
      var slow = Greeters.serving(baton, 0);
      awaitServed(load, 7);
      baton.awaitConnections(Greeters.LISTENER, "refused", 3);
      greeters.gates().pass("greet", 0);
      assertOutcomes(Map.of(GreetingOutcome.SERVED, 8L), load);
      assertEquals(slow.pid(), Greeters.serving(baton, 0).pid());
    }
  }

  /** For three seconds there is nobody: clients wait, in the supervisor and in the kernel. */
  @Test
  void withEveryWorkerDeadForThreeSecondsUnderLoadAllWaitAndAreServed() throws Exception {
    var greeters = new Greeters(folder, 3, THREADS).dispatch("round-robin");
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = new GreetingLoad(GreetingPlan.rate(baton.target(Greeters.LISTENER), 300))) {
      awaitServed(load, 300);
      var workers = baton.workers(Greeters.POOL);
      greeters.forbidStarts();
      workers.forEach(worker -> baton.kill9(worker.pid()));
      Deadline.await(
          PATIENCE,
          "all workers are gone",
          () -> workers.stream().noneMatch(worker -> Proc.exists(worker.pid())),
          baton::describe);
      var killed = load.snapshot();
      TimeUnit.SECONDS.sleep(3);
      var meanwhile = load.snapshot();
      assertEquals(killed.count(GreetingOutcome.SERVED), meanwhile.count(GreetingOutcome.SERVED));
      greeters.allowStarts();
      awaitServed(load, killed.count(GreetingOutcome.SERVED) + 4 * 300);

      var report = load.stop();
      assertNobodyTwice(report);
      // What was in the plugin's hands at the kill, as above; nothing later.
      assertEquals(killed.lost(), report.lost(), report::toString);
      assertTrue(report.lost() <= 3 * THREADS, report::toString);
      assertTrue(report.maxMicros() > 2_500_000, "the first clients waited: " + report);
    }
  }

  /** Eight clients at once, four for each of two workers. */
  private static GreetingLoad eight(BatonProcess baton) throws Exception {
    return new GreetingLoad(GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 8).only(8));
  }

  /** Kills the worker of slot 0; its successor is not held. */
  private static void kill(BatonProcess baton, Greeters greeters, String step) throws Exception {
    baton.kill9(Greeters.serving(baton, 0).pid());
    greeters.gates().pass(step, 0);
  }

  private static void assertOutcomes(Map<GreetingOutcome, Long> expected, GreetingLoad load)
      throws Exception {
    var report = load.await(PATIENCE);
    assertEquals(expected, report.counts(), report::toString);
  }
}
