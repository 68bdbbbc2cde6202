package dev.baton.load;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of bad server ends in its own class, and in no other. */
@Timeout(60)
class LoadGeneratorTest {
  private static final Duration SOON = Duration.ofMillis(300);

  @TempDir Path folder;

  @Test
  void goodServerOnTcpAndUnixLosesNothing() throws Exception {
    try (var tcp = ScriptedServer.tcp(ScriptedServer.wellBehaved("tcp"));
        var unix = ScriptedServer.unix(folder.resolve("s"), ScriptedServer.wellBehaved("unix"))) {
      var report =
          run(
              r -> r.count(Outcome.OK) >= 400,
              LoadPlan.keepAlive(tcp.target(), 10).rate(200),
              LoadPlan.newConnections(tcp.target()).rate(200),
              LoadPlan.keepAlive(unix.target(), 10).rate(200),
              LoadPlan.newConnections(unix.target()).rate(200));
      assertOnly(report, Map.of());
      assertEquals(4, report.parts().size());
      report.parts().forEach(part -> assertTrue(part.count(Outcome.OK) > 50, report::toString));
    }
  }

  @Test
  void keepAlivePlanOpensItsConnectionsAndSpreadsTheLoad() throws Exception {
    Predicate<LoadReport> all = r -> r.count(Outcome.OK) >= 200;
    try (var server = ScriptedServer.tcp((peer, n) -> answerForEver(peer, "c" + n))) {
      var report = run(all, LoadPlan.keepAlive(server.target(), 20).rate(500).countBy(TEXT));
      assertOnly(report, Map.of());
      assertEquals(20, report.keys().size(), report::toString);
      long most = report.keys().values().stream().mapToLong(n -> n).max().orElseThrow();
      // A machine that stalls shifts some of it; a plan that has a favourite gives that one most.
      assertTrue(most * 4 <= report.count(Outcome.OK), report::toString);
    }
  }

  @Test
  void closedLoopKeepsEveryConnectionBusy() throws Exception {
    try (var server = ScriptedServer.tcp(ScriptedServer.wellBehaved("x"))) {
      var report = run(r -> r.count(Outcome.OK) >= 2000, LoadPlan.keepAlive(server.target(), 4));
      assertOnly(report, Map.of());
      assertTrue(report.maxMicros() >= report.p50Micros() && report.p50Micros() > 0);
    }
  }

  @Test
  void refusedOnTcp() throws Exception {
    int port;
    try (var probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = probe.getLocalPort();
    }
    var plan = LoadPlan.newConnections(Target.tcp("127.0.0.1", port)).rate(100);
    assertOnly(run(r -> r.count(Outcome.REFUSED) >= 5, plan), Map.of(Outcome.REFUSED, 5L));
  }

  @Test
  void refusedOnUnixWithAndWithoutAFile() throws Exception {
    var path = folder.resolve("gone");
    var plan = LoadPlan.newConnections(Target.unix(path)).rate(100);
    assertOnly(run(r -> r.count(Outcome.REFUSED) >= 3, plan), Map.of(Outcome.REFUSED, 3L));
    ScriptedServer.unix(path, ScriptedServer.wellBehaved("")).close();
    assertOnly(run(r -> r.count(Outcome.REFUSED) >= 3, plan), Map.of(Outcome.REFUSED, 3L));
  }

  @Test
  void closedLoopAgainstNobodyDoesNotSpin() throws Exception {
    var plan = LoadPlan.newConnections(Target.unix(folder.resolve("gone"))).connections(1);
    var report = run(r -> r.count(Outcome.REFUSED) >= 20, plan);
    assertTrue(report.achievedRate() < 1000, report::toString);
  }

  @Test
  void resetAfterAccept() throws Exception {
    try (var server = ScriptedServer.tcp((peer, n) -> peer.resetOnClose())) {
      var plan = LoadPlan.newConnections(server.target()).rate(100);
      assertOnly(run(r -> r.count(Outcome.RESET) >= 5, plan), Map.of(Outcome.RESET, 5L));
    }
  }

  @Test
  void resetInTheMiddleOfAResponse() throws Exception {
    ScriptedServer.Script script =
        (peer, n) -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
          peer.resetOnClose();
        };
    try (var server = ScriptedServer.tcp(script)) {
      var plan = LoadPlan.keepAlive(server.target(), 3).rate(100);
      assertOnly(run(r -> r.count(Outcome.RESET) >= 5, plan), Map.of(Outcome.RESET, 5L));
    }
  }

  @Test
  void cutInTheMiddleBeforeTheFirstByteAndByGarbage() throws Exception {
    var begun = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab";
    var tooMuch = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc";
    for (var answer : new String[] {begun, "", "garbage\r\n", tooMuch}) {
      ScriptedServer.Script script =
          (peer, n) -> {
            peer.request();
            peer.send(answer);
          };
      try (var server = ScriptedServer.tcp(script)) {
        for (var plain :
            new LoadPlan[] {
              LoadPlan.newConnections(server.target()), LoadPlan.keepAlive(server.target(), 2)
            }) {
          var report = run(r -> r.count(Outcome.CUT) >= 3, plain.rate(100));
          assertOnly(report, Map.of(Outcome.CUT, 3L));
        }
      }
    }
  }

  @Test
  void timeoutOfASilentServer() throws Exception {
    try (var server = ScriptedServer.tcp((peer, n) -> peer.untilClientCloses())) {
      for (var plain :
          new LoadPlan[] {
            LoadPlan.newConnections(server.target()), LoadPlan.keepAlive(server.target(), 2)
          }) {
        var plan = plain.rate(100).timeout(SOON);
        assertOnly(run(r -> r.count(Outcome.TIMEOUT) >= 5, plan), Map.of(Outcome.TIMEOUT, 5L));
      }
    }
  }

  @Test
  void timeoutWhenNobodyAcceptsOnAFullQueue() throws Exception {
    var path = folder.resolve("full");
    var queued = new ArrayList<SocketChannel>();
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path), 1);
      for (int i = 0; i < 2; i++) {
        queued.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
      }
      var plan = LoadPlan.newConnections(Target.unix(path)).rate(100).timeout(SOON);
      assertOnly(run(r -> r.count(Outcome.TIMEOUT) >= 5, plan), Map.of(Outcome.TIMEOUT, 5L));
    } finally {
      for (var channel : queued) {
        channel.close();
      }
    }
  }

  @Test
  void idleConnectionClosedUnannouncedIsNoticedWithoutARequest() throws Exception {
    ScriptedServer.Script script =
        (peer, n) -> {
          peer.request();
          peer.respond(200, "once");
        };
    try (var server = ScriptedServer.tcp(script)) {
      // One request in 4 s: the close comes long before the next one is due.
      var plan = LoadPlan.keepAlive(server.target(), 1).rate(0.25);
      var report = run(r -> r.count(Outcome.CLOSED_IDLE) >= 1, plan);
      assertOnly(report, Map.of(Outcome.CLOSED_IDLE, 1L));
      assertEquals(1, report.requests(), report::toString);
      assertEquals(1, report.lost(), report::toString);
    }
  }

  @Test
  void closeThatHitsTheNextRequestCountsTheCloseAndTheRequest() throws Exception {
    ScriptedServer.Script script =
        (peer, n) -> {
          peer.request();
          peer.respond(200, "once");
          peer.request();
        };
    try (var server = ScriptedServer.tcp(script)) {
      var plan = LoadPlan.keepAlive(server.target(), 1).rate(100);
      var report = run(r -> r.count(Outcome.CUT) >= 4, plan);
      assertOnly(report, Map.of(Outcome.CUT, 4L, Outcome.CLOSED_IDLE, 4L));
      assertEquals(report.count(Outcome.CUT), report.count(Outcome.CLOSED_IDLE));
      assertEquals(report.count(Outcome.CUT), report.lost(), report::toString);
    }
  }

  @Test
  void announcedCloseIsNoLoss() throws Exception {
    ScriptedServer.Script script =
        (peer, n) -> {
          peer.request();
          peer.respond(200, "a");
          peer.request();
          peer.respond(200, "b", "Connection: close");
        };
    try (var server = ScriptedServer.tcp(script)) {
      var report =
          run(
              r -> r.count(Outcome.ANNOUNCED) >= 5,
              LoadPlan.keepAlive(server.target(), 3).rate(200).countBy(TEXT));
      assertOnly(report, Map.of(Outcome.ANNOUNCED, 5L));
      assertEquals(0, report.lost(), report::toString);
      assertEquals(2, report.keys().size(), report::toString);
    }
  }

  @Test
  void otherStatusAndRejectedBodyAreBad() throws Exception {
    ScriptedServer.Script script =
        (peer, n) -> {
          while (peer.request()) {
            peer.respond(500, "oops");
          }
        };
    try (var server = ScriptedServer.tcp(script)) {
      var plan = LoadPlan.keepAlive(server.target(), 2).rate(100);
      assertOnly(run(r -> r.count(Outcome.BAD) >= 5, plan), Map.of(Outcome.BAD, 5L));
    }
    try (var server = ScriptedServer.tcp(ScriptedServer.wellBehaved("oops"))) {
      var plan = LoadPlan.keepAlive(server.target(), 2).rate(100);
      var strict = plan.countBy(body -> String.valueOf(Integer.parseInt(TEXT.apply(body))));
      assertOnly(run(r -> r.count(Outcome.BAD) >= 5, strict), Map.of(Outcome.BAD, 5L));
    }
  }

  @Test
  void stallOfTheGeneratorItselfIsItsOwnFault() throws Exception {
    var never = new CountDownLatch(1);
    Function<byte[], String> stallsOnce =
        body -> {
          try {
            return String.valueOf(never.await(1300, TimeUnit.MILLISECONDS));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          } finally {
            never.countDown();
          }
        };
    try (var server = ScriptedServer.tcp(ScriptedServer.wellBehaved("x"))) {
      var plan = LoadPlan.newConnections(server.target()).rate(100).countBy(stallsOnce);
      var report = run(r -> r.count(Outcome.LATE) > 0 && r.keys().size() == 2, plan);
      assertOnly(report, Map.of(Outcome.LATE, 1L));
      assertTrue(report.maxLag().toMillis() > 1000, report::toString);
      assertEquals(0, report.lost(), report::toString);
    }
  }

  @Test
  void stopWaitsForRequestsOnTheirWayAndClosesEverything() throws Exception {
    var go = new CountDownLatch(1);
    ScriptedServer.Script script =
        (peer, n) -> {
          while (peer.request()) {
            go.await();
            peer.respond(200, "late");
          }
        };
    try (var server = ScriptedServer.tcp(script);
        var load = new LoadGenerator()) {
      load.start(LoadPlan.keepAlive(server.target(), 5));
      await().until(() -> server.openConnections() == 5);
      var opener = new Thread(go::countDown);
      opener.start();
      var report = load.stop();
      assertOnly(report, Map.of());
      assertEquals(report.requests(), report.count(Outcome.OK));
      assertEquals(report.toString(), load.stop().toString());
      await().until(() -> server.openConnections() == 0);
      opener.join();
    }
  }

  @Test
  void closeEndsAtOnce() throws Exception {
    try (var server = ScriptedServer.tcp((peer, n) -> peer.untilClientCloses())) {
      try (var load = new LoadGenerator()) {
        load.start(LoadPlan.keepAlive(server.target(), 5));
        await().until(() -> server.openConnections() == 5);
      }
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void startsOnce() throws Exception {
    try (var server = ScriptedServer.tcp(ScriptedServer.wellBehaved("x"));
        var load = new LoadGenerator()) {
      var plan = LoadPlan.keepAlive(server.target(), 1).rate(1);
      assertThrows(IllegalStateException.class, load::stop);
      load.start(plan);
      assertThrows(IllegalStateException.class, () -> load.start(plan));
    }
  }

  @Test
  void targetsAreReadAsConfigurationsWriteThem() {
    assertEquals("tcp://127.0.0.1:80", Target.parse("tcp://127.0.0.1:80/x").name());
    assertEquals("tcp://[::1]:80", Target.parse("tcp://[::1]:80").name());
    assertEquals("unix:/run/s", Target.parse("unix:/run/s").name());
    assertEquals(
        new InetSocketAddress("127.0.0.1", 80), Target.parse("tcp://127.0.0.1:80").address());
    assertThrows(IllegalArgumentException.class, () -> Target.parse("http://127.0.0.1:80"));
    assertThrows(IllegalArgumentException.class, () -> Target.parse("tcp://127.0.0.1"));
  }

  private static final Function<byte[], String> TEXT =
      body -> new String(body, StandardCharsets.UTF_8);

  private static void answerForEver(ScriptedServer.Peer peer, String body) throws IOException {
    while (peer.request()) {
      peer.respond(200, body);
    }
  }

  /** Runs the plans until the report is as wanted, then stops. */
  private static LoadReport run(Predicate<LoadReport> enough, LoadPlan... plans) {
    try (var load = new LoadGenerator()) {
      load.start(plans);
      await().atMost(Duration.ofSeconds(20)).until(() -> enough.test(load.snapshot()));
      return load.stop();
    }
  }

  /**
   * Asserts that the named classes count at least as much as named, and all others but OK nothing.
   */
  private static void assertOnly(LoadReport report, Map<Outcome, Long> atLeast) {
    var others = new EnumMap<Outcome, Long>(Outcome.class);
    for (var outcome : Outcome.values()) {
      long wanted = atLeast.getOrDefault(outcome, 0L);
      assertTrue(report.count(outcome) >= wanted, report::toString);
      if (wanted == 0 && outcome != Outcome.OK && report.count(outcome) > 0) {
        others.put(outcome, report.count(outcome));
      }
    }
    assertEquals(Map.of(), others, report::toString);
  }
}
