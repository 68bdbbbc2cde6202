package dev.baton.worker.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
class BatonVertxTest {
  @TempDir Path folder;

  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  private OwnedFd listener(String kind) throws Exception {
    return bench.add(
        kind.equals("unix") ? FakeWorker.unix(folder.resolve("web.sock")) : FakeWorker.tcp());
  }

  private static HttpServer serve(BatonVertx baton, String name, SocketAddress at)
      throws Exception {
    return Bench.await(
        baton.vertx().createHttpServer().requestHandler(r -> r.response().end(name)).listen(at));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void aServerAcceptsFromTheHeldListener(String kind) throws Exception {
    OwnedFd kept = listener(kind);
    FakeWorker worker = new FakeWorker().offer("web", kept).offer("other", listener("tcp"));
    BatonVertx baton = bench.vertx(worker);
    HttpServer server = serve(baton, "hello", baton.address("web"));
    try (RawClient client = bench.client(kept)) {
      assertEquals("hello", client.ask("/").body());
      assertEquals("hello", client.ask("/again").body());
    }
    if (FakeWorker.addressOf(kept) instanceof InetSocketAddress inet) {
      assertEquals(inet.getPort(), server.actualPort());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void stopAcceptingKeepsConnectionsAndLeavesTheListenerToOthers(String kind) throws Exception {
    OwnedFd kept = listener(kind);
    BatonVertx baton = bench.vertx(new FakeWorker().offer("web", kept));
    serve(baton, "hello", baton.address("web"));
    RawClient before = bench.client(kept);
    assertEquals("hello", before.ask("/").body());

    Bench.await(baton.stopAccepting());

    RawClient after = bench.client(kept); // the kernel's queue takes it
    try (OwnedFd accepted = FakeWorker.accept(kept)) {
      assertNotNull(accepted, "the new connection is left to the other holder");
    }
    after.close();
    assertEquals("hello", before.ask("/").body());
    Bench.await(baton.stopAccepting()); // again: nothing to do
  }

  @Test
  void closingAServerNeitherUnlinksTheHeldPathNorRefusesClients() throws Exception {
    OwnedFd kept = listener("unix");
    BatonVertx baton = bench.vertx(new FakeWorker().offer("web", kept));
    HttpServer server = serve(baton, "hello", baton.address("web"));
    Bench.await(server.close());
    assertTrue(Files.exists(folder.resolve("web.sock")), "the path belongs to the supervisor");
    bench.client(kept);
  }

  @Test
  void anUnheldAddressIsBoundAsUsual() throws Exception {
    FakeWorker worker = new FakeWorker().offer("web", listener("tcp"));
    BatonVertx baton = bench.vertx(worker);
    HttpServer any = serve(baton, "own", SocketAddress.inetSocketAddress(0, "127.0.0.1"));
    assertFalse(worker.claimed("web"), "port 0 fits no listener, so none is claimed");
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", any.actualPort());
    try (RawClient client = new RawClient(address)) {
      assertEquals("own", client.ask("/").body());
    }
    Bench.await(baton.stopAccepting());
    try (RawClient client = new RawClient(address)) {
      assertEquals("own", client.ask("/").body(), "only held listeners stop");
    }
    Path path = folder.resolve("own.sock");
    serve(baton, "own", SocketAddress.domainSocketAddress(path.toString()));
    try (RawClient client = new RawClient(java.net.UnixDomainSocketAddress.of(path))) {
      assertEquals("own", client.ask("/").body());
    }
  }

  @Test
  void aTakenPortFailsAsUsual() throws Exception {
    OwnedFd foreign = listener("tcp");
    BatonVertx baton = bench.vertx(new FakeWorker());
    SocketAddress taken =
        SocketAddress.inetSocketAddress((InetSocketAddress) FakeWorker.addressOf(foreign));
    ExecutionException e = assertThrows(ExecutionException.class, () -> serve(baton, "x", taken));
    assertInstanceOf(BindException.class, e.getCause());
  }

  @Test
  void everyAddressOfTheHostFitsAListenerOnThatPort() throws Exception {
    OwnedFd kept = listener("tcp");
    BatonVertx baton = bench.vertx(new FakeWorker().offer("web", kept));
    int port = ((InetSocketAddress) FakeWorker.addressOf(kept)).getPort();
    serve(baton, "hello", SocketAddress.inetSocketAddress(port, "0.0.0.0"));
    try (RawClient client = bench.client(kept)) {
      assertEquals("hello", client.ask("/").body());
    }
  }

  @Test
  void aListenerServesOneServerAndOnce() throws Exception {
    OwnedFd kept = listener("tcp");
    FakeWorker worker = new FakeWorker().offer("web", kept);
    BatonVertx baton = bench.vertx(worker);
    SocketAddress web = baton.address("web");
    BatonVertx second = bench.vertx(worker);
    HttpServer server = serve(baton, "hello", web);
    for (int round = 0; round < 2; round++) {
      Throwable refusal =
          assertThrows(ExecutionException.class, () -> serve(second, "x", web)).getCause();
      assertInstanceOf(BindException.class, refusal);
      if (round == 0) {
        assertTrue(refusal.getMessage().contains("\"web\""), refusal.getMessage());
        Bench.await(server.close());
      }
    }
  }

  @Test
  void anUnknownListenerIsNamedWithThoseThereAre() throws Exception {
    BatonVertx baton = bench.vertx(new FakeWorker().offer("web", listener("tcp")));
    String message =
        assertThrows(IllegalArgumentException.class, () -> baton.address("wbe")).getMessage();
    assertTrue(message.contains("web"), message);
  }

  @Test
  void instancesOfAVerticleShareTheListener() throws Exception {
    OwnedFd kept = listener("tcp");
    BatonVertx baton = bench.vertx(new FakeWorker().offer("web", kept));
    SocketAddress web = baton.address("web");
    Bench.await(
        baton
            .vertx()
            .deployVerticle(
                () ->
                    new VerticleBase() {
                      @Override
                      public io.vertx.core.Future<?> start() {
                        String me = Integer.toHexString(System.identityHashCode(this));
                        return vertx
                            .createHttpServer()
                            .requestHandler(r -> r.response().end(me))
                            .listen(web);
                      }
                    },
                new DeploymentOptions().setInstances(2)));
    Set<String> seen = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 8; i++) {
      try (RawClient client = bench.client(kept)) {
        seen.add(client.ask("/").body());
      }
    }
    assertEquals(2, seen.size(), "both instances get connections: " + seen);
  }

  @Test
  void noConnectionIsLostWhenOneOfTwoWorkersStopsAccepting() throws Exception {
    OwnedFd kept = listener("tcp");
    BatonVertx leaving = bench.vertx(new FakeWorker().offer("web", kept));
    BatonVertx staying = bench.vertx(new FakeWorker().offer("web", kept));
    serve(leaving, "leaving", leaving.address("web"));
    serve(staying, "staying", staying.address("web"));
    int before = 200;
    int total = 600;
    int byLeaving = 0;
    String last = "";
    for (int i = 0; i < total; i++) {
      // Several at once, so that the stop falls between a connect and its accept.
      RawClient a = new RawClient(FakeWorker.addressOf(kept)).send(RawClient.get("/"));
      RawClient b = new RawClient(FakeWorker.addressOf(kept)).send(RawClient.get("/"));
      if (i == before) {
        leaving.stopAccepting();
      }
      last = a.answer().body();
      byLeaving += last.equals("leaving") ? 1 : 0;
      byLeaving += b.answer().body().equals("leaving") ? 1 : 0;
      a.close();
      b.close();
    }
    assertNotEquals(0, byLeaving, "the leaving worker took part");
    assertEquals("staying", last);
  }
}
