package dev.baton.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each class is counted for what a server of a few lines really does. */
@Timeout(60)
class GreetingLoadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    for (var one : open) {
      one.close();
    }
  }

  /** How a server ends a connection. */
  private enum Ending {
    CLOSE,
    RESET,
    NEVER
  }

  /** Answers every client with the same text; its line is waited for. */
  private Target server(String text, Ending ending) throws IOException {
    var server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    open.add(server);
    threads.execute(
        () -> {
          try {
            while (true) {
              var client = server.accept();
              open.add(client);
              serve(client, text, ending);
            }
          } catch (IOException e) {
            // closed, at the end of the test
          }
        });
    return Target.tcp("127.0.0.1", server.getLocalPort());
  }

  private static void serve(Socket client, String text, Ending ending) throws IOException {
    client.getInputStream().readNBytes(4);
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    if (ending == Ending.RESET) {
      client.setSoLinger(true, 0);
    }
    if (ending != Ending.NEVER) {
      client.close();
    }
  }

  private static GreetingReport run(GreetingPlan plan) throws InterruptedException {
    try (var load = new GreetingLoad(plan)) {
      return load.await(PATIENCE);
    }
  }

  private void assertCounted(GreetingOutcome expected, String text, Ending ending)
      throws Exception {
    var plan = GreetingPlan.atOnce(server(text, ending), 3).only(6);
    var report = run(plan.timeout(Duration.ofMillis(400)));
    assertEquals(Map.of(expected, 6L), report.counts(), report::toString);
  }

  @Test
  void everyOutcome() throws Exception {
    String good = "+p/0#1\n=p/0#1 bye\n";
    assertCounted(GreetingOutcome.SERVED, good, Ending.CLOSE);
    assertCounted(GreetingOutcome.TIMEOUT, good, Ending.NEVER);
    assertCounted(GreetingOutcome.CUT_AFTER_GREETING, "+p/0#1\n", Ending.CLOSE);
    assertCounted(GreetingOutcome.CUT_AFTER_GREETING, "+", Ending.CLOSE);
    assertCounted(GreetingOutcome.CUT_AFTER_GREETING, "+p/0#1\n=p/0", Ending.CLOSE);
    assertCounted(GreetingOutcome.CUT_BEFORE_GREETING, "", Ending.CLOSE);
    assertCounted(GreetingOutcome.CUT_BEFORE_GREETING, "", Ending.RESET);
    assertCounted(GreetingOutcome.TIMEOUT, "", Ending.NEVER);
    assertCounted(GreetingOutcome.TIMEOUT, "+p/0#1\n", Ending.NEVER);
    assertCounted(GreetingOutcome.SERVED_TWICE, "+p/0#1\n+p/1#1\n", Ending.CLOSE);
    assertCounted(GreetingOutcome.SERVED_TWICE, good + "+p/1#1\n", Ending.CLOSE);
    assertCounted(GreetingOutcome.SERVED_TWICE, "+p/0#1\n=p/1#1 bye\n", Ending.CLOSE);
    assertCounted(GreetingOutcome.BAD, "HTTP/1.1 200 OK\r\n", Ending.CLOSE);
    assertCounted(GreetingOutcome.BAD, "=p/0#1 bye\n", Ending.CLOSE);
  }

  /** The reset comes when the client has shown, by writing, that it was greeted. */
  @Test
  void aGreetingBeforeAResetCounts() throws Exception {
    var server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    open.add(server);
    threads.submit(
        () -> {
          for (int i = 0; i < 6; i++) {
            var client = server.accept();
            open.add(client);
            client.getOutputStream().write("+p/0#1\n".getBytes(StandardCharsets.US_ASCII));
            serve(client, "", Ending.RESET);
          }
          return null;
        });
    var target = Target.tcp("127.0.0.1", server.getLocalPort());
    var report = run(GreetingPlan.atOnce(target, 3).only(6).waitingForGreeting());
    assertEquals(Map.of(GreetingOutcome.CUT_AFTER_GREETING, 6L), report.counts(), report::toString);
  }

  @Test
  void refused() throws Exception {
    int port;
    try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    var report = run(GreetingPlan.atOnce(Target.tcp("127.0.0.1", port), 1).only(3));
    assertEquals(Map.of(GreetingOutcome.REFUSED, 3L), report.counts());
    assertEquals(3, report.lost());
  }

  @Test
  void aPatientClientWritesOnlyAfterItsGreeting() throws Exception {
    var server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    open.add(server);
    threads.submit(
        () -> {
          var client = server.accept();
          open.add(client);
          client.setSoTimeout(300);
          assertThrows(IOException.class, () -> client.getInputStream().read());
          client.setSoTimeout(0);
          client.getOutputStream().write("+p/0#1\n".getBytes(StandardCharsets.US_ASCII));
          serve(client, "=p/0#1 bye\n", Ending.CLOSE);
          return null;
        });
    var target = Target.tcp("127.0.0.1", server.getLocalPort());
    var report = run(GreetingPlan.atOnce(target, 1).only(1).waitingForGreeting());
    assertEquals(Map.of(GreetingOutcome.SERVED, 1L), report.counts(), report::toString);
    assertTrue(report.maxMicros() > 250_000, report::toString);
  }

  @Test
  void sourcesAndWorkersAreCounted() throws Exception {
    var target = server("+p/0#1\n=p/0#1 bye\n", Ending.CLOSE);
    var one = InetAddress.getByName("127.0.0.8");
    var two = InetAddress.getByName("127.0.0.9");
    var report = run(GreetingPlan.rate(target, 500).only(10).from(List.of(one, two)));
    assertEquals(Map.of("p/0#1", 10L), report.workers());
    assertEquals(Map.of(one, Set.of("p/0#1"), two, Set.of("p/0#1")), report.bySource());
  }

  @Test
  void keepsItsRate() throws Exception {
    var target = server("+p/0#1\n=p/0#1 bye\n", Ending.CLOSE);
    try (var load = new GreetingLoad(GreetingPlan.rate(target, 200))) {
      Thread.sleep(1000);
      var report = load.stop();
      assertEquals(0, report.lost(), report::toString);
      assertTrue(report.clients() > 150 && report.clients() < 260, report::toString);
    }
  }
}
