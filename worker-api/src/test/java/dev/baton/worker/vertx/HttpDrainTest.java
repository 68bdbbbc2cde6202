package dev.baton.worker.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.worker.netty.HttpDrain;
import dev.baton.worker.netty.HttpDrain.Outcome;
import dev.baton.worker.vertx.RawClient.Answer;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.VertxInternal;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class HttpDrainTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(100);

  @TempDir Path folder;

  private final Bench bench = new Bench();
  private final FakeWorker worker = new FakeWorker();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final List<String> served = new CopyOnWriteArrayList<>();
  private final BlockingQueue<HttpServerRequest> held = new LinkedBlockingQueue<>();
  private BatonVertx baton;
  private OwnedFd kept;
  private HttpDrain drain;

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  private void start(OwnedFd listener, HttpServerOptions options) throws Exception {
    kept = bench.add(listener);
    worker.offer("web", kept);
    baton = bench.vertx(worker);
    drain = HttpDrain.install(baton.listeners());
    Bench.await(
        baton
            .vertx()
            .createHttpServer(options)
            .requestHandler(this::handle)
            .listen(baton.address("web")));
  }

  private void start() throws Exception {
    start(FakeWorker.tcp(), new HttpServerOptions());
  }

  /** Answers with the path; /held when the test says so, /echo when its body is there. */
  private void handle(HttpServerRequest request) {
    served.add(request.path());
    if (request.path().equals("/held")) {
      held.add(request);
    } else if (request.path().equals("/echo")) {
      request.body().onSuccess(request.response()::end);
      held.add(request);
    } else {
      request.response().end(request.path());
    }
  }

  private HttpServerRequest takeHeld() throws Exception {
    HttpServerRequest request = held.poll(10, TimeUnit.SECONDS);
    assertTrue(request != null, "the request reached the handler");
    return request;
  }

  /** Begins, and returns when every connection has been told about it. */
  private CompletableFuture<Outcome> drain(Duration time, Duration idleGrace) throws Exception {
    CompletableFuture<Outcome> outcome = drain.start(FakeWorker.drain(time, done), idleGrace);
    baton.listeners().stopAccepting().get(10, TimeUnit.SECONDS);
    // What follows the end of accepting runs on the acceptor's loop, and posts to the others.
    VertxInternal vertx = (VertxInternal) baton.vertx();
    for (EventLoopGroup loops : List.of(vertx.acceptorEventLoopGroup(), vertx.eventLoopGroup())) {
      for (EventExecutor loop : loops) {
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
      }
    }
    return outcome;
  }

  private void ended(CompletableFuture<Outcome> outcome, Outcome expected) throws Exception {
    assertEquals(expected, outcome.get(10, TimeUnit.SECONDS));
    done.get(10, TimeUnit.SECONDS);
    assertEquals(expected.toString(), worker.status);
  }

  @Test
  void requestsAreCountedByHowTheyWereAnswered() throws Exception {
    start();
    RawClient client = bench.client(kept);
    client.ask("/a");
    client.ask("/b");
    assertEquals(2, worker.well.sum(), "before their answers are there");
    client.send(RawClient.get("/held"));
    takeHeld().response().setStatusCode(503).end("later");
    assertEquals("later", client.answer().body());
    assertEquals(List.of(2L, 1L), List.of(worker.well.sum(), worker.failed.sum()));
    client.close();
  }

  @Test
  void theNextResponseAnnouncesTheCloseAndIsTheLast() throws Exception {
    start();
    RawClient client = bench.client(kept);
    assertFalse(client.ask("/a").announcesClose());
    CompletableFuture<Outcome> outcome = drain(LONG, LONG);
    assertFalse(outcome.isDone(), "waits for the open connection");
    Answer last = client.ask("/b");
    assertEquals("/b", last.body());
    assertTrue(last.announcesClose(), last.head());
    assertEquals("", client.rest());
    client.close();
    ended(outcome, new Outcome(1, 0, 0));
  }

  @Test
  void worksOnUnixSocketsAndWithHttp1Only() throws Exception {
    start(
        FakeWorker.unix(folder.resolve("s")),
        new HttpServerOptions().setHttp2ClearTextEnabled(false));
    RawClient client = bench.client(kept);
    assertFalse(client.ask("/a").announcesClose());
    CompletableFuture<Outcome> outcome = drain(LONG, LONG);
    assertTrue(client.ask("/b").announcesClose());
    assertEquals("", client.rest());
    client.close();
    ended(outcome, new Outcome(1, 0, 0));
  }

  @Test
  void aRequestInWorkGetsItsResponseAndTheAnnouncement() throws Exception {
    start();
    RawClient client = bench.client(kept).send(RawClient.get("/held"));
    HttpServerRequest request = takeHeld();
    CompletableFuture<Outcome> outcome = drain(LONG, SHORT);
    // Not idle, however long it takes: the grace time passes here for a silent connection.
    assertFalse(outcome.isDone());
    request.response().end("late");
    Answer answer = client.answer();
    assertEquals("late", answer.body());
    assertTrue(answer.announcesClose(), answer.head());
    assertEquals("", client.rest());
    client.close();
    ended(outcome, new Outcome(1, 0, 0));
  }

  @Test
  void aSilentConnectionIsClosedAfterTheGraceTime() throws Exception {
    start();
    RawClient spoke = bench.client(kept);
    spoke.ask("/a");
    RawClient neverSpoke = bench.client(kept);
    RawClient working = bench.client(kept).send(RawClient.get("/held"));
    HttpServerRequest request = takeHeld(); // so the two before it have been accepted
    long begin = System.nanoTime();
    CompletableFuture<Outcome> outcome = drain(LONG, SHORT);
    assertEquals("", spoke.rest());
    assertEquals("", neverSpoke.rest());
    assertTrue(System.nanoTime() - begin >= SHORT.toNanos(), "not before the grace time");
    request.response().end();
    working.answer();
    working.close();
    ended(outcome, new Outcome(1, 2, 0));
  }

  @Test
  void aResponseWithItsHeadOutEndsAndItsConnectionIsThenSilent() throws Exception {
    start();
    RawClient client = bench.client(kept).send(RawClient.get("/held"));
    HttpServerRequest request = takeHeld();
    HttpServerResponse response = request.response().setChunked(true);
    Bench.await(response.write("one"));
    assertFalse(client.head().toLowerCase().contains("connection: close"));
    assertEquals("one", client.chunk());
    CompletableFuture<Outcome> outcome = drain(LONG, SHORT);
    response.end("two");
    assertEquals("two", client.chunk());
    assertEquals("", client.chunk());
    assertEquals("", client.rest());
    ended(outcome, new Outcome(0, 1, 0));
  }

  @Test
  void afterSuchAResponseTheNextOneAnnounces() throws Exception {
    start();
    RawClient client = bench.client(kept).send(RawClient.get("/held"));
    HttpServerResponse response = takeHeld().response().setChunked(true);
    Bench.await(response.write("one"));
    CompletableFuture<Outcome> outcome = drain(LONG, LONG);
    response.end("two");
    assertEquals("onetwo", client.answer().body());
    assertTrue(client.ask("/b").announcesClose());
    assertEquals("", client.rest());
    client.close();
    ended(outcome, new Outcome(1, 0, 0));
  }

  @Test
  void nothingIsDoneForRequestsPipelinedBehindTheAnnouncement() throws Exception {
    start();
    RawClient client =
        bench.client(kept).send(RawClient.get("/held") + RawClient.get("/b") + RawClient.get("/c"));
    HttpServerRequest request = takeHeld();
    CompletableFuture<Outcome> outcome = drain(LONG, LONG);
    client.send(RawClient.get("/d"));
    request.response().end("first");
    Answer answer = client.answer();
    assertEquals("first", answer.body());
    assertTrue(answer.announcesClose());
    client.send(RawClient.get("/e"));
    assertEquals("", client.rest(), "an orderly end, no reset that could eat the response");
    client.close();
    ended(outcome, new Outcome(1, 0, 0));
    assertEquals(List.of("/held"), served);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderWithoutADrain() throws Exception {
    start();
    RawClient client = bench.client(kept);
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      many.append(
          i % 3 == 0
              ? "POST /" + i + " HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody"
              : RawClient.get("/" + i));
    }
    client.send(many.toString());
    for (int i = 0; i < 200; i++) {
      assertEquals("/" + i, client.answer().body());
    }
  }

  @Test
  void aClientThatLingersIsClosedAfterAWhile() throws Exception {
    start();
    RawClient client = bench.client(kept);
    client.ask("/a");
    CompletableFuture<Outcome> outcome = drain(LONG, LONG);
    assertTrue(client.ask("/b").announcesClose());
    ended(outcome, new Outcome(1, 0, 0)); // the client has closed nothing
  }

  @Test
  void aBodyOnItsWayIsServed() throws Exception {
    start();
    RawClient client =
        bench.client(kept).send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\nabc");
    takeHeld();
    CompletableFuture<Outcome> outcome = drain(LONG, SHORT);
    client.send("def");
    assertEquals("abcdef", client.answer().body());
    client.close();
    ended(outcome, new Outcome(1, 0, 0));
  }

  @Test
  void theRestIsCutShortlyBeforeTheDeadline() throws Exception {
    start();
    RawClient client = bench.client(kept).send(RawClient.get("/held"));
    takeHeld();
    CompletableFuture<Outcome> outcome = drain(Duration.ofMillis(300), LONG);
    ended(outcome, new Outcome(0, 0, 1));
    assertThrows(EOFException.class, client::head);
  }

  @Test
  void withNoConnectionItIsOverAtOnce() throws Exception {
    start();
    ended(drain(LONG, LONG), new Outcome(0, 0, 0));
  }

  @Test
  void busyClientsLoseNothingWhenOneOfTwoWorkersIsDrained() throws Exception {
    start();
    BatonVertx staying = bench.vertx(new FakeWorker().offer("web", kept));
    Bench.await(
        staying
            .vertx()
            .createHttpServer()
            .requestHandler(r -> r.response().end(r.path()))
            .listen(staying.address("web")));
    AtomicBoolean enough = new AtomicBoolean();
    List<CompletableFuture<Integer>> clients = new ArrayList<>();
    CountDownLatch warm = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      clients.add(
          CompletableFuture.supplyAsync(
              () -> load(enough, warm), task -> new Thread(task).start()));
    }
    assertTrue(warm.await(10, TimeUnit.SECONDS), "every client was served");
    Outcome outcome = drain.start(FakeWorker.drain(LONG, done), LONG).get(10, TimeUnit.SECONDS);
    enough.set(true);
    int announced = 0;
    for (CompletableFuture<Integer> client : clients) {
      announced += client.get(10, TimeUnit.SECONDS);
    }
    assertEquals(new Outcome(announced, 0, 0), outcome);
    assertTrue(announced > 0, "the drained worker had clients");
  }

  /** Asks without a pause, every tenth time on a new connection; counts announced closes. */
  private int load(AtomicBoolean enough, CountDownLatch warm) {
    int announced = 0;
    try {
      RawClient client = new RawClient(FakeWorker.addressOf(kept));
      for (int i = 1; !enough.get(); i++) {
        Answer answer = client.ask("/" + i);
        assertEquals("/" + i, answer.body());
        announced += answer.announcesClose() ? 1 : 0;
        if (i == 25) {
          warm.countDown();
        }
        if (answer.announcesClose() || i % 10 == 0) {
          client.close();
          client = new RawClient(FakeWorker.addressOf(kept));
        }
      }
      client.close();
      return announced;
    } catch (IOException e) {
      throw new UncheckedIOException("after " + announced + " announced closes", e);
    }
  }
}
