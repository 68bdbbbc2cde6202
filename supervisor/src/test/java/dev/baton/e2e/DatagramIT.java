package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFolder;
import dev.baton.load.DatagramLoad;
import dev.baton.load.DatagramReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams are as safe as connections, as far as the kernel's buffers reach. */
@BatonTest
@Timeout(120)
class DatagramIT {
  private static final int PORTS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  /** One restart for each mode: with three workers that is three times a socket changes hands. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "reuseport"})
  void aRollingRestartLosesNoDatagram(String mode) throws Exception {
    restart(mode, 1, 1000, 1000);
  }

  @ParameterizedTest
  @Tag("long")
  @Timeout(600)
  @ValueSource(strings = {"shared", "reuseport"})
  void aHundredThousandDatagramsThroughTenRollingRestarts(String mode) throws Exception {
    restart(mode, 10, 3000, 100_000);
  }

  private void restart(String mode, int times, double rate, long least) throws Exception {
    // As large as the kernel allows: a busy machine may stop all workers for a moment.
    var conf = echoes(3).udp("udp").mode("udp", mode).set("listeners.udp.udp.receiveBuffer", "4m");
    try (var baton = BatonProcess.start(installation, conf);
        var load = new DatagramLoad(DatagramLoad.target(baton.address("udp")), rate, PORTS)) {
      for (int i = 0; i < times; i++) {
        baton.run("restart", "echo").expect(0);
      }
      Deadline.await(PATIENCE, least + " sent", () -> load.sent() >= least, baton::describe);
      var report = load.stop();
      System.out.println(mode + ", " + times + " restarts: " + report);
      assertNothingLost(report);
      assertTrue(report.workers().size() >= times, report::toString);
      if (mode.equals("reuseport")) {
        report.byClient().values().forEach(workers -> assertOneSlot(workers, report));
      }
    }
  }

  private ConfFile echoes(int workers) throws Exception {
    var classes = PluginFolder.in(folder.resolve("plugin"));
    return ConfFile.in(folder)
        .pool(
            "echo",
            pool ->
                pool.plugin(PluginFolder.ECHO)
                    .classPath(classes)
                    .workers(workers)
                    .listeners("udp")
                    .backoff(Duration.ofMillis(100), Duration.ofMillis(200))
                    .heap("48m"));
  }

  private static void assertNothingLost(DatagramReport report) {
    // Expected are none; the kernel counts its own for everybody on the machine.
    assertTrue(report.lost() <= report.kernel().bufferErrors(), report::toString);
    assertEquals(0, report.duplicates() + report.junk() + report.unreachable(), report::toString);
    assertTrue(report.late() * 100 <= report.sent(), report::toString);
  }

  private static void assertOneSlot(Iterable<String> workers, DatagramReport report) {
    int slot = Greeters.slot(workers.iterator().next());
    for (var worker : workers) {
      assertEquals(slot, Greeters.slot(worker), report::toString);
    }
  }

  /** A slot without a worker: its clients are with another one meanwhile, and nobody else moves. */
  @Test
  void aLostSlotsClientsAreAnsweredByOthersAndComeBack() throws Exception {
    var conf = echoes(3).udp("udp").mode("udp", "reuseport");
    conf.pool("echo", pool -> pool.backoff(Duration.ofSeconds(2), Duration.ofSeconds(2)));
    try (var baton = BatonProcess.start(installation, conf)) {
      var target = DatagramLoad.target(baton.address("udp"));
      try (var load = new DatagramLoad(target, 500, 64)) {
        await(load, 500);
        var victim = baton.workers("echo").get(1);
        baton.kill9(victim.pid());
        baton.awaitReady();
        await(load, load.sent() + 500);
        var report = load.stop();
        // What the dead worker had received and not answered is gone with it, and no more.
        assertTrue(report.lost() <= 50, report::toString);
        assertEquals(0, report.duplicates() + report.unreachable(), report::toString);
        report
            .byClient()
            .forEach(
                (client, workers) -> {
                  var slots = workers.stream().map(Greeters::slot).distinct().toList();
                  boolean one = slots.size() == 1;
                  assertTrue(one || slots.contains(1), () -> client + " was in " + slots);
                });
      }
    }
  }

  private static void await(DatagramLoad load, long answered) throws Exception {
    Deadline.await(
        PATIENCE,
        answered + " answered datagrams",
        () -> load.answered() >= answered,
        () -> "there are " + load.answered() + " of " + load.sent());
  }

  /** A client in another language: Java has no datagrams of the UNIX domain. */
  @Test
  void unixDatagramsAreAnsweredToTheirSender() throws Exception {
    var conf = echoes(2).unixgram("udp");
    try (var baton = BatonProcess.start(installation, conf)) {
      var script =
          """
          import socket, sys
          s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
          s.bind(sys.argv[2])
          s.settimeout(20)
          for i in range(100):
              s.sendto(b'%d' % i, sys.argv[1])
              print(s.recv(100).decode())
          """;
      var client = folder.resolve("client.sock");
      var lines = python(script, conf.socket("udp").toString(), client.toString());
      for (int i = 0; i < 100; i++) {
        assertTrue(lines.get(i).matches(i + " echo/[01]#1"), lines::toString);
      }
      baton.run("restart", "echo").expect(0);
      Files.delete(client);
      var again = python(script, conf.socket("udp").toString(), client.toString());
      assertTrue(again.get(99).matches("99 echo/[01]#2"), again::toString);
      Files.delete(client);
    }
  }

  private static List<String> python(String script, String... args) throws Exception {
    var line = new ArrayList<>(List.of("python3", "-c", script));
    line.addAll(List.of(args));
    var process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), out);
    assertEquals(0, process.exitValue(), out);
    return out.lines().toList();
  }
}
