package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.SocketTable;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingOutcome;
import dev.baton.load.GreetingPlan;
import dev.baton.load.GreetingReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sockets of the slots' own: whatever comes and goes, no client waits on one that nobody polls. */
@BatonTest
@Timeout(180)
class ReuseportIT {
  private static final int AT_ONCE = 48;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aRollingRestartAtSaturationLosesNothing() throws Exception {
    restart(2, 1);
  }

  @Test
  @Tag("long")
  @Timeout(1200)
  void twentyRollingRestartsAtSaturationLoseNothing() throws Exception {
    restart(3, 20);
  }

  private void restart(int workers, int times) throws Exception {
    try (var baton = BatonProcess.start(installation, greeters(workers).conf());
        var load = saturating(baton)) {
      for (int i = 0; i < times; i++) {
        baton.run("restart", Greeters.POOL).expect(0);
      }
      assertNothingLost(times + " restarts", load.stop());
    }
  }

  @Test
  void scalingDownAtSaturationLosesNothing() throws Exception {
    scaleDown(1, 2);
  }

  @Test
  @Tag("long")
  @Timeout(3600)
  void fiveHundredScaledDownSlotsAtSaturationLoseNothing() throws Exception {
    scaleDown(100, 5);
  }

  /** Each time so many slots come, get their share, are emptied, and their sockets closed. */
  private void scaleDown(int times, int slots) throws Exception {
    try (var baton = BatonProcess.start(installation, greeters(1).conf());
        var load = saturating(baton)) {
      int port = Integer.parseInt(baton.address(Greeters.LISTENER).replaceFirst(".*:", ""));
      for (int i = 0; i < times; i++) {
        baton.scaleAndWait(Greeters.POOL, 1 + slots);
        awaitSockets(baton, 1 + slots, port);
        long before = served(load);
        Deadline.await(
            PATIENCE, "all get a share", () -> served(load) > before + 500, baton::describe);
        baton.scaleAndWait(Greeters.POOL, 1);
        awaitSockets(baton, 1, port);
      }
      var report = load.stop();
      assertNothingLost(times * slots + " sockets closed", report);
      assertEquals(1 + times * slots, report.workers().size(), report::toString);
    }
  }

  private static void awaitSockets(BatonProcess baton, int count, int port) throws Exception {
    Deadline.await(
        PATIENCE, count + " sockets listen", () -> listening(port) == count, baton::describe);
  }

  /**
   * Between emptied and closed: with TCP_DEFER_ACCEPT (tcp(7)) a connection without data is in no
   * queue yet, and comes into the one of its slot when its first bytes do.
   */
  @Test
  void whoIsQueuedAfterASocketWasEmptiedAndBeforeItIsClosedIsServed() throws Exception {
    var greeters = greeters(2);
    greeters.conf().set("listeners." + Greeters.LISTENER + ".tcp.deferAccept", "10s");
    var clients = new ArrayList<SocketChannel>();
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var target = baton.target(Greeters.LISTENER);
      int port = ((InetSocketAddress) target.address()).getPort();
      for (int i = 0; i < 24; i++) {
        clients.add(SocketChannel.open(target.address())); // about half of them in slot 1
      }
      baton.scaleAndWait(Greeters.POOL, 1);
      assertEquals(2, listening(port), "sockets that listen: too late for this test");
      for (var client : clients) {
        client.write(StandardCharsets.US_ASCII.encode("bye\n"));
      }
      for (var client : clients) {
        var in = new BufferedReader(Channels.newReader(client, StandardCharsets.US_ASCII));
        assertEquals("+greeters/0#1", in.readLine());
        assertEquals("=greeters/0#1 bye", in.readLine());
        assertNull(in.readLine());
      }
      baton.awaitConnections(Greeters.LISTENER, "handedOff", 1);
      awaitSockets(baton, 1, port);
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
  }

  private static int listening(int port) throws IOException {
    return new SocketTable(Proc.self()).tcpListeners(port).size();
  }

  @Test
  void aSlotWithoutAWorkerHangsNoClient() throws Exception {
    var greeters = greeters(3);
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      greeters.forbidStarts();
      var lost = Greeters.serving(baton, 1);
      baton.kill9(lost.pid());
      baton.awaitStatus(PATIENCE, "it is gone", s -> Greeters.gone(s, List.of(lost)));
      var without = serve(baton, 600);
      assertEquals(2, without.workers().size(), without::toString);
      assertTrue(without.maxMicros() < 1_000_000, without::toString);

      greeters.allowStarts();
      baton.awaitReady();
      var with = serve(baton, 600);
      assertEquals(3, with.workers().size(), with::toString);
      assertTrue(with.workers().values().stream().allMatch(n -> n > 100), with::toString);
    }
  }

  /** Queued on its socket when its worker died, or came in the moment before it was steered. */
  @Test
  void whatWaitsInTheSocketOfAWorkerThatDiesIsServed() throws Exception {
    var greeters = greeters(2);
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var stopped = Greeters.serving(baton, 0);
      greeters.forbidStarts();
      baton.signal("STOP", stopped);
      var plan = GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 40).only(40);
      try (var load = new GreetingLoad(plan)) {
        // About half of them wait where nobody accepts.
        baton.awaitStatus(PATIENCE, "some are served", s -> served(load) >= 10);
        baton.kill9(stopped.pid());
        var report = load.await(PATIENCE);
        assertEquals(0, report.lost(), report::toString);
      }
      baton.awaitConnections(Greeters.LISTENER, "handedOff", 1);
      greeters.allowStarts();
      baton.awaitReady();
    }
  }

  private static long served(GreetingLoad load) {
    return load.snapshot().count(GreetingOutcome.SERVED);
  }

  private Greeters greeters(int workers) throws Exception {
    return new Greeters(folder, workers, 0).reuseport();
  }

  private static GreetingLoad saturating(BatonProcess baton) throws Exception {
    return new GreetingLoad(GreetingPlan.atOnce(baton.target(Greeters.LISTENER), AT_ONCE));
  }

  private static GreetingReport serve(BatonProcess baton, int clients) throws Exception {
    var plan = GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 16).only(clients);
    try (var load = new GreetingLoad(plan)) {
      var report = load.await(PATIENCE);
      assertEquals(0, report.lost(), report::toString);
      return report;
    }
  }

  private static void assertNothingLost(String what, GreetingReport report) {
    System.out.println(what + ": " + report);
    assertEquals(0, report.lost(), report::toString);
    assertTrue(report.count(GreetingOutcome.SERVED) > 1000, report::toString);
  }
}
