package dev.baton.supervisor.admin;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever sends nonsense, or sends slowly, is refused and keeps nobody else waiting. */
@Timeout(60)
class BadRequestsTest {
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final int BODIES = 3000;
  private static final int SLOW = 20;

  private static final List<String> PATHS =
      List.of("restart", "deploy", "rollback", "pause", "scale", "reset");

  private static final List<String> SEEDS =
      List.of(
          "{\"surge\":1,\"canary\":2,\"hold\":\"30s\",\"pauseAfterCanary\":true}",
          "{\"path\":\"/srv/x.jar\"}",
          "{\"to\":\"0123456789abcdef\"}",
          "{\"workers\":\"+1\"}",
          "{\"slot\":0}",
          "{\"a\":[[{}]],\"b\":-1.5e300}");

  private static final List<String> PARTS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "-",
          "1e999",
          "\\u0000",
          "\0",
          "\\",
          "null",
          "99999999999999999999",
          "\ud83d\ude00",
          "[[[[[[[[[[[[[[[[[[[[",
          "{\"surge\":",
          "%");

  @TempDir private Path folder;

  private final FakeOperations operations = new FakeOperations();
  private Path socket;
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    socket = folder.resolve(AdminServer.SOCKET_NAME);
    server = AdminServer.start(operations, operations::eventsSince, socket, Optional.empty(), IDLE);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
        default -> text.insert(at, (char) random.nextInt(0x250));
      }
    }
    return text.toString();
  }

  /** Whatever is not refused was something that the fake could do. */
  @Test
  void fuzzedBodiesAreRefusedOrUnderstood() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int refused = 0;
    int done = 0;
    try (RawPeer peer = new RawPeer(socket)) {
      for (int i = 0; i < BODIES; i++) {
        String body = mutated(random);
        String path = "/v1/pools/hello/" + PATHS.get(random.nextInt(PATHS.size()));
        peer.send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + body);
        // A second request behind it tells where the answer to the first one ends.
        peer.send("GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n");
        String answer = peer.readUntil("\"pid\":999999999}\n");
        int status = Integer.parseInt(answer.substring(9, 12));
        String what = "seed " + seed + ": " + path + " " + body + "\n" + answer;
        assertTrue(status == 200 || status >= 400 && status < 500, what);
        refused += status == 200 ? 0 : 1;
        done += status == 200 ? 1 : 0;
      }
    }
    assertTrue(refused > BODIES / 2 && done > 10, "seed " + seed + ": " + refused + ", " + done);
    assertTrue(operations.calls.size() <= done, "seed " + seed + ": a refused one was done");
  }

  /** A byte now and then keeps a connection from being idle; it does not keep it open. */
  @Test
  void whoSendsAByteNowAndThenIsClosedAndOthersAreServed() throws Exception {
    List<RawPeer> peers = new ArrayList<>();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW; i++) {
        RawPeer peer = new RawPeer(socket);
        peers.add(peer);
        peer.send(
            i % 2 == 0
                ? "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
                : "GET /v1/version HTTP/1.1\r\nX: ");
        answers.add(CompletableFuture.supplyAsync(() -> read(peer)));
      }
      await("the slow ones are closed")
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                peers.forEach(BadRequestsTest::drip);
                assertTrue(
                    RawPeer.ask(socket, RawPeer.get("/v1/version")).startsWith("HTTP/1.1 200 "));
                return answers.stream().allMatch(CompletableFuture::isDone);
              });
      for (int i = 0; i < SLOW; i++) {
        String answer = answers.get(i).get();
        assertTrue(i % 2 == 0 ? answer.contains("408") : answer.isEmpty(), answer);
      }
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
    assertEquals(List.of(), List.copyOf(operations.calls));
  }

  private static String read(RawPeer peer) {
    try {
      return peer.readAll();
    } catch (IOException e) {
      return "408, as far as one can tell: " + e;
    }
  }

  private static void drip(RawPeer peer) {
    try {
      peer.send(" ");
    } catch (IOException e) {
      // closed
    }
  }

  /** An answer may take longer than a request may: a restart, a stream of events. */
  @Test
  void whoWaitsForAnAnswerIsNotClosed() throws Exception {
    CompletableFuture<RolloutWatcher> watcher = new CompletableFuture<>();
    operations.onRestart = (pool, w) -> watcher.complete(w);
    try (RawPeer peer = new RawPeer(socket)) {
      peer.send(RawPeer.post("/v1/pools/hello/restart", ""));
      // An empty line every third of the idle time.
      String line = "\r\n1\r\n\n";
      assertTrue(peer.readUntil(line.repeat(9)).startsWith("HTTP/1.1 200 "));
      watcher.get().finished(new Verdict(true, "done", 4, List.of(), Optional.empty()));
      assertTrue(peer.readAll().contains("\"done\":true"));
    }
  }
}
