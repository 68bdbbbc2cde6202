package dev.baton.supervisor.admin;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AdminServerTest {

  private static final Duration IDLE = Duration.ofMillis(1000);

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

  private String get(String path) throws IOException {
    return RawPeer.ask(socket, RawPeer.get(path));
  }

  private String post(String path, String body) throws IOException {
    return RawPeer.ask(socket, RawPeer.post(path, body));
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private void assertServes() throws IOException {
    assertTrue(get("/v1/version").startsWith("HTTP/1.1 200 "), "it does not serve any more");
  }

  @Test
  void statusIsWhatTheReaderReads() throws IOException {
    String answer = get("/v1/status");
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
    assertTrue(answer.contains("content-type: application/json"), answer);
    assertEquals(operations.status(), AdminReader.status(body(answer)));
  }

  @Test
  void statusHasTheFieldsThatArePromised() throws IOException {
    String json = body(get("/v1/status"));
    assertTrue(
        json.startsWith("{\"version\":\"0.1.0\",\"pid\":999999999,\"uptimeSeconds\":"), json);
    assertTrue(
        json.contains(
            "\"listeners\":[{\"name\":\"hello-tcp\",\"address\":\"tcp://127.0.0.1:8080\","
                + "\"mode\":\"shared\"}"),
        json);
    assertTrue(
        json.contains(
            "{\"name\":\"hello\",\"generation\":3,\"target\":2,\"state\":\"serving\","
                + "\"workers\":[{\"id\":\"hello/0#5\",\"slot\":0,\"pid\":4711,\"generation\":3,"
                + "\"state\":\"serving\",\"uptimeSeconds\":90,\"restarts\":0"),
        json);
  }

  @Test
  void whatAWorkerHasDone() throws IOException {
    String json = body(get("/v1/status"));
    assertTrue(
        json.contains(
            "\"connections\":{\"open\":3,\"unclaimed\":1,\"total\":200},\"work\":{\"connections\":230,"
                + "\"requests\":4000,\"failed\":2,\"requestNanos\":9000000000}"),
        json);
  }

  @Test
  void versionAndEvents() throws IOException {
    assertEquals("{\"version\":\"0.1.0\",\"pid\":999999999}\n", body(get("/v1/version")));
    String events = body(get("/v1/events?newest=2"));
    assertTrue(
        events.startsWith(
            "{\"events\":[{\"number\":1,\"time\":\"2026-11-22T10:00:00Z\",\"kind\":\"ready\","
                + "\"subject\":\"hello/0#5\",\"text\":\"é \\\"x\\\"\"},"),
        events);
    assertEquals("events 2", operations.calls.poll());
    get("/v1/events");
    assertEquals("events 50", operations.calls.poll());
  }

  @Test
  void scales() throws IOException {
    assertEquals(
        "{\"pool\":\"hello\",\"before\":2,\"after\":5}\n",
        body(post("/v1/pools/hello/scale", "{\"workers\":5}")));
    assertEquals("scale hello 5", operations.calls.poll());
    post("/v1/pools/hello/scale", "{\"workers\":\"+1\"}");
    assertEquals("scale hello 3", operations.calls.poll());
    post("/v1/pools/hello/scale", "{\"workers\":\"-2\"}");
    assertEquals("scale hello 0", operations.calls.poll());
    operations.scaleFailure = new OperationRefused("the supervisor is stopping");
    String refused = post("/v1/pools/hello/scale", "{\"workers\":1}");
    assertTrue(refused.startsWith("HTTP/1.1 409 "), refused);
    assertEquals(
        new ErrorView(409, "refused", "the supervisor is stopping"),
        AdminReader.error(body(refused)));
  }

  @Test
  void stops() throws IOException {
    assertEquals("{\"stopping\":true}\n", body(post("/v1/stop", "")));
    assertEquals("stop false", operations.calls.poll());
    post("/v1/stop", "{\"now\":true}");
    assertEquals("stop true", operations.calls.poll());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GET  | /                         |               | 404 | unknown path",
        "GET  | /v1/pools/hello           |               | 404 | unknown path",
        "POST | /v1/pools/hello/explode   |               | 404 | unknown path",
        "POST | /v1/pools//restart        |               | 404 | no such pool; the pools are:"
            + " hello, web",
        "POST | /v1/pools/a/b/restart     |               | 404 | no such pool",
        "POST | /v1/pools/nope/restart    |               | 404 | the pools are: hello, web",
        "POST | /v1/pools/nope/scale      | {\"workers\":1} | 404 | the pools are: hello, web",
        "POST | /v1/pools/%2e%2e/scale    | {\"workers\":1} | 404 | the pools are: hello, web",
        "POST | /v1/status                |               | 405 | takes GET, not POST",
        "GET  | /v1/stop                  |               | 405 | takes POST, not GET",
        "GET  | /v1/pools/hello/restart   |               | 405 | takes POST",
        "GET  | /v1/events?newest=0       |               | 400 | from 1 to 1000",
        "GET  | /v1/events?newest=1001    |               | 400 | from 1 to 1000",
        "GET  | /v1/events?newest=x       |               | 400 | from 1 to 1000",
        "GET  | /v1/events?newest=%zz     |               | 400 | ",
        "POST | /v1/pools/hello/scale     |               | 400 | workers is missing",
        "POST | /v1/pools/hello/scale     | {             | 400 | not JSON",
        "POST | /v1/pools/hello/scale     | [1]           | 400 | not a JSON object",
        "POST | /v1/pools/hello/scale     | {} {}         | 400 | after the JSON object",
        "POST | /v1/pools/hello/scale     | {\"workers\":1,\"workers\":2} | 400 | Duplicate",
        "POST | /v1/pools/hello/scale     | {\"wrkers\":1}  | 400 | unknown key \\\"wrkers\\\","
            + " allowed: workers",
        "POST | /v1/pools/hello/scale     | {\"workers\":-1} | 400 | from 0 to 1000",
        "POST | /v1/pools/hello/scale     | {\"workers\":1001} | 400 | from 0 to 1000",
        "POST | /v1/pools/hello/scale     | {\"workers\":1.5} | 400 | from 0 to 1000",
        "POST | /v1/pools/hello/scale     | {\"workers\":99999999999999999999999} | 400 | ",
        "POST | /v1/pools/hello/scale     | {\"workers\":\"3\"} | 400 | such as \\\"+1\\\"",
        "POST | /v1/pools/hello/scale     | {\"workers\":\"-3\"} | 400 | 2-3 is -1",
        "POST | /v1/pools/hello/restart   | {\"surge\":\"1\"} | 400 | surge is \\\"1\\\"",
        "POST | /v1/pools/hello/restart   | {\"surge\":null} | 400 | surge is null",
        "POST | /v1/pools/hello/restart   | {\"surge\":\"x%\"} | 400 | surge is \\\"x%\\\"",
        "POST | /v1/pools/hello/restart   | {\"canary\":-1} | 400 | canary is -1",
        "POST | /v1/pools/hello/restart   | {\"hold\":30}  | 400 | a duration such as 30s",
        "POST | /v1/pools/hello/restart   | {\"hold\":\"2d\"} | 400 | up to 1d",
        "POST | /v1/pools/hello/restart   | {\"path\":\"/x\"} | 400 | unknown key",
        "POST | /v1/pools/hello/deploy    | {\"path\":\"x\"} | 400 | an absolute path",
        "POST | /v1/pools/hello/deploy    | {\"path\":1}   | 400 | path is 1",
        "POST | /v1/pools/hello/rollback  | {\"to\":\"..\"} | 400 | digits of a release",
        "POST | /v1/pools/nope/deploy     | {\"path\":\"/x\"} | 404 | no such pool",
        "POST | /v1/pools/hello/releases  |               | 405 | takes GET",
        "POST | /v1/pools/hello/abort     | {\"x\":1}      | 400 | unknown key",
        "POST | /v1/stop                  | {\"now\":1}     | 400 | true or false",
      })
  void wrongRequests(String method, String path, String body, int status, String text)
      throws IOException {
    String request =
        method.equals("GET") ? RawPeer.get(path) : RawPeer.post(path, body == null ? "" : body);
    String answer = RawPeer.ask(socket, request);
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    ErrorView error = AdminReader.error(body(answer));
    assertEquals(status, error.status());
    assertTrue(text == null || answer.contains(text), answer);
    assertTrue(operations.calls.isEmpty(), "nothing was to be done: " + operations.calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "restart  | {\"surge\":\"150%\"}                  | restart hello 3",
        "restart  | {\"canary\":2}                       | restart hello canary 2 PT30S",
        "restart  | {\"hold\":\"2m\"}                     | restart hello canary 1 PT2M",
        "restart  | {\"pauseAfterCanary\":true}          | restart hello canary 1 PT30S p",
        "restart  | {\"canary\":0,\"hold\":\"2m\"}          | restart hello",
        "deploy   | {\"path\":\"/a/../b.jar\",\"surge\":0} | deploy hello /b.jar 0",
        "deploy   |                                    | deploy hello",
        "rollback | {\"to\":\"0123\"}                     | rollback hello 0123",
        "rollback |                                    | rollback hello",
      })
  void rollouts(String action, String body, String call) throws Exception {
    String answer = post("/v1/pools/hello/" + action, body == null ? "" : body);
    assertTrue(answer.contains("\"verdict\":{\"done\":true"), answer);
    assertEquals(call, operations.calls.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void rolloutsAreSteeredAndFollowed() throws IOException {
    assertTrue(post("/v1/pools/hello/pause", "").contains("\"done\":\"pause\""));
    assertEquals("PAUSE hello", operations.calls.poll());
    assertTrue(post("/v1/pools/web/abort", "{}").contains("no rollout of pool web is under way"));
    assertTrue(get("/v1/pools/hello/rollout").contains("\"verdict\""));
    List<ReleaseView> releases = ReleaseJson.releases(body(get("/v1/pools/hello/releases")));
    assertEquals("serving", releases.get(1).state());
    assertEquals("/v2.jar", releases.get(1).source());
  }

  @Test
  void whatIsAskedForIsNoted() throws IOException {
    post("/v1/pools/hello/scale", "{\"workers\":\n3}");
    post("/v1/pools/hello/scale", "{\"workers\":\"" + "x".repeat(300) + "\"}");
    get("/v1/status");
    assertEquals(
        "/v1/pools/hello/scale {\"workers\": 3}, asked over the admin socket",
        operations.audited.get(0));
    assertTrue(operations.audited.get(1).contains("xxx…, asked"), operations.audited::toString);
    assertEquals(2, operations.audited.size());
  }

  @Test
  void methodsAreNamed() throws IOException {
    assertTrue(post("/v1/status", "").contains("allow: GET\r\n"));
  }

  @Test
  void requestsOfBrowsersAreRefused() throws IOException {
    String answer =
        RawPeer.ask(
            socket,
            "POST /v1/stop HTTP/1.1\r\n"
                + "Host: x\r\n"
                + "Origin: http://evil\r\n"
                + "Connection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    assertTrue(operations.calls.isEmpty());
  }

  @Test
  void junkIsNotFatal() throws IOException {
    for (String junk :
        List.of(
            "\0\1\2\377\r\n\r\n",
            "GET\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
            "POST /v1/stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "\r\n".repeat(5000))) {
      String answer = RawPeer.ask(socket, junk);
      assertFalse(answer.startsWith("HTTP/1.1 2"), junk + " was answered with " + answer);
    }
    assertTrue(operations.calls.isEmpty(), "junk did something: " + operations.calls);
    assertServes();
  }

  @Test
  void largeHeadsAreRefused() throws IOException {
    String request = "GET /v1/status HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n";
    String answer = RawPeer.ask(socket, request);
    assertTrue(answer.matches("(?s)HTTP/1[.][01] 431 .*\"too-large\".*"), answer);
    answer = RawPeer.ask(socket, RawPeer.get("/v1/" + "x".repeat(5000)));
    assertTrue(answer.matches("(?s)HTTP/1[.][01] 431 .*"), answer);
    assertServes();
  }

  @Test
  void largeBodiesAreRefused() throws IOException {
    String answer = post("/v1/stop", " ".repeat(RequestBody.LARGEST + 1));
    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    String chunk = "2000\r\n" + " ".repeat(0x2000) + "\r\n";
    String head =
        "POST /v1/stop HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n";
    answer = RawPeer.ask(socket, head + chunk.repeat(9) + "0\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    answer =
        RawPeer.ask(
            socket,
            "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    assertTrue(operations.calls.isEmpty());
    post("/v1/stop", " ".repeat(RequestBody.LARGEST));
    assertEquals("stop false", operations.calls.poll());
  }

  @Test
  void aBodyWithoutEndIsCut() throws IOException {
    try (RawPeer peer = new RawPeer(socket)) {
      peer.send("POST /v1/stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "8000\r\n" + " ".repeat(0x8000) + "\r\n";
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 10_000; i++) {
              peer.send(chunk);
            }
          });
    }
    assertServes();
  }

  @Test
  void halfRequestsAreClosedWhenIdle() throws IOException {
    for (String half : List.of("", "GET /v1/st")) {
      assertEquals("", RawPeer.ask(socket, half));
    }
    String late =
        RawPeer.ask(socket, "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
    assertTrue(late.startsWith("HTTP/1.1 408 "), late);
    assertTrue(operations.calls.isEmpty());
  }

  @Test
  void connectionsAreBounded() throws IOException {
    server.close();
    server = AdminServer.start(operations, operations::eventsSince, socket, Optional.empty());
    List<RawPeer> peers = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        peers.add(new RawPeer(socket));
      }
      for (RawPeer refused : peers.subList(PeerGuard.MOST_CONNECTIONS, 100)) {
        assertEquals("", refused.readAll());
      }
      peers.get(0).send(RawPeer.get("/v1/version"));
      assertTrue(peers.get(0).readAll().startsWith("HTTP/1.1 200 "));
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
    await("a place is free again")
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> get("/v1/version").startsWith("HTTP/1.1 200 "));
  }

  @Test
  void aRestartIsFollowedLineByLine() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    operations.onRestart =
        (pool, watcher) -> {
          try {
            for (String line = lines.take(); !line.isEmpty(); line = lines.take()) {
              watcher.progress(line);
            }
            watcher.finished(new Verdict(false, "no", 3, List.of("a", "b"), Optional.empty()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (RawPeer peer = new RawPeer(socket)) {
      peer.send(RawPeer.post("/v1/pools/hello/restart", "{\"surge\":2}"));
      lines.add("one");
      String first = peer.readUntil("one");
      assertTrue(first.startsWith("HTTP/1.1 200 "), first);
      assertTrue(first.contains("{\"progress\":\"one\"}\n"), first);
      lines.add("two");
      assertTrue(peer.readUntil("two").contains("{\"progress\":\"two\"}\n"));
      // Longer than the idle time: empty lines keep the connection.
      assertTrue(peer.readUntil("\n\r\n1\r\n\n\r\n1\r\n\n\r\n1\r\n\n\r\n1\r\n\n").length() < 100);
      lines.add("");
      String last = peer.readAll();
      assertTrue(
          last.contains(
              "{\"verdict\":{\"done\":false,\"text\":\"no\",\"generation\":3,"
                  + "\"logTail\":[\"a\",\"b\"]}}\n"),
          last);
    }
    assertEquals("restart hello 2", operations.calls.poll());
  }

  @Test
  void aRefusedRestart() throws IOException {
    operations.onRestart = (pool, watcher) -> watcher.refused("one is under way");
    String answer = post("/v1/pools/hello/restart", "");
    assertTrue(answer.startsWith("HTTP/1.1 409 "), answer);
    assertEquals(
        new ErrorView(409, "refused", "one is under way"), AdminReader.error(body(answer)));
  }

  @Test
  void aRestartOutlivesItsClient() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    operations.onRestart =
        (pool, watcher) -> {
          try {
            watcher.progress("begun");
            gone.await();
            for (int i = 0; i < 1000; i++) {
              watcher.progress("line " + i);
            }
            watcher.finished(new Verdict(true, "done", 4, List.of(), Optional.empty()));
            over.countDown();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (RawPeer peer = new RawPeer(socket)) {
      peer.send(RawPeer.post("/v1/pools/hello/restart", ""));
      peer.readUntil("begun");
    }
    gone.countDown();
    assertTrue(over.await(10, TimeUnit.SECONDS), "the rollout did not go on");
    assertServes();
  }

  @Test
  void aFailureOfTheSupervisorIsAnAnswer() throws IOException {
    operations.scaleFailure = new IllegalStateException("bug");
    String answer = post("/v1/pools/hello/scale", "{\"workers\":1}");
    assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
    assertEquals("failed", AdminReader.error(body(answer)).code());
    assertServes();
  }

  @Test
  void keepAliveServesManyRequests() throws IOException {
    try (RawPeer peer = new RawPeer(socket)) {
      for (int i = 0; i < 100; i++) {
        peer.send("GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(peer.readUntil("}\n").startsWith("HTTP/1.1 200 "));
      }
    }
  }

  /** What is there, what comes, and what was missed. */
  @Test
  void eventsAsAStream() throws IOException {
    try (RawPeer peer = new RawPeer(socket)) {
      peer.send("GET /v1/events?newest=3 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
      String first = peer.readUntil("id: 3\nevent: entry\ndata: {\"number\":3,");
      assertTrue(first.contains("content-type: text/event-stream"), first);
      operations.happens(
          new EventView(6, "2026-11-22T10:00:09Z", "info", "a", "b", Optional.empty()));
      String next = peer.readUntil("id: 6\n");
      assertTrue(next.contains("event: missed\ndata: {\"missed\":2}\n\n"), next);
    }
    try (RawPeer peer = new RawPeer(socket)) {
      peer.send(
          "GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
              + "Last-Event-ID: 2\r\n\r\n");
      String again = peer.readUntil("id: 6\n");
      assertFalse(again.contains("id: 2\n"), again);
    }
    assertTrue(get("/v1/events?since=yesterday").startsWith("HTTP/1.1 400 "));
  }
}
