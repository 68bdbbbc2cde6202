package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.Adoption;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToSupervisor.Claim;
import dev.baton.protocol.ToSupervisor.Drained;
import dev.baton.protocol.ToSupervisor.Refuse;
import dev.baton.protocol.ToSupervisor.Revoked;
import dev.baton.protocol.ToSupervisor.Warning;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A dispatched listener as a {@code ServerSocketChannel}: claims, refusals, recalls, drains. */
@ExtendWith(FdLeakCheck.class)
class HandOffTest {
  private static final List<Long> NONE = List.of();

  /** Takes the listener over and leaves the rest to the test. */
  private static final class Holder implements Worker {
    private final CompletableFuture<WorkerContext> context = new CompletableFuture<>();
    private final CompletableFuture<Drain> drain = new CompletableFuture<>();
    private volatile ServerSocketChannel listener;

    @Override
    public void start(WorkerContext given) throws Exception {
      listener = given.listener("web");
      given.ready();
      context.complete(given);
    }

    @Override
    public void drain(Drain asked) {
      drain.complete(asked);
    }

    private SocketChannel accept() throws Exception {
      CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  accepted.complete(listener.accept());
                } catch (Exception e) {
                  accepted.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
      return accepted.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
  }

  /** All that was sent before was handled when this returns. */
  private static void settle(Dispatched d) throws Exception {
    d.supervisor.send(new ToWorker.Ping(99));
    d.until(ToSupervisor.Pong.class);
  }

  @Test
  void takenConnectionIsClaimedServedAndClosed() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      assertEquals(Set.of("web"), get(plugin.context).listeners());
      assertEquals(Sockets.port(d.listener), plugin.listener.socket().getLocalPort());
      Visitor visitor = d.handOff(7);
      try (SocketChannel connection = plugin.accept()) {
        assertEquals(visitor.client().getLocalAddress(), connection.getRemoteAddress());
        d.untilClaimed(7L);
        Visitor.write(connection, "hello");
      }
      assertEquals("hello", visitor.readAll(), "end-of-file in spite of the supervisor's copy");
      d.untilClosed(7L);
      plugin.listener.close();
    }
  }

  @Test
  void severalAreToldOfInOneMessage() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      for (long n = 1; n <= 64; n++) {
        d.handOff(n);
      }
      int messages = 0;
      for (long n = 1; n <= 64; n++) {
        plugin.listener.accept().close();
      }
      while (d.closed.size() < 64) {
        d.until(ToSupervisor.class);
        messages++;
      }
      assertEquals(64, d.claimed.size());
      assertTrue(messages < 64, messages + " messages for 64 connections");
      plugin.listener.close();
    }
  }

  @Test
  void whatNobodyAskedForIsRefusedAndUntouched() throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), WorkerContext::ready)) {
      Warning warning = (Warning) d.others().get(0);
      assertEquals(
          "dispatched, but not asked for before ready(), so connections are refused until then:"
              + " web",
          warning.text());
      Visitor visitor = d.handOff(3);
      assertEquals(List.of(3L), d.until(Refuse.class).connections());
      try (SocketChannel here = Adoption.socket(visitor.kept().duplicate("here"))) {
        Visitor.write(here, "still there");
      }
      visitor.kept().close();
      assertEquals("still there", visitor.readAll());
    }
  }

  @Test
  void recallBringsBackWhatWasNotTaken() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      for (long n = 1; n <= 4; n++) {
        d.handOff(n);
      }
      SocketChannel taken = plugin.accept();
      d.recall(4L, 1L, 2L, 77L);
      assertEquals(List.of(2L, 4L), d.until(Refuse.class).connections());
      assertEquals(Set.of(1L), d.claimed, "said before the answer");
      d.recall(1L, 2L);
      assertEquals(NONE, d.until(Refuse.class).connections(), "an answer all the same");
      SocketChannel last = plugin.accept();
      d.untilClaimed(3L);
      taken.close();
      last.close();
      plugin.listener.close();
    }
  }

  @Test
  void drainRefusesTheQueueAndWaitsForOpenConnections() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      d.handOff(1);
      SocketChannel open = plugin.accept();
      d.handOff(2);
      settle(d);
      d.supervisor.send(new ToWorker.Drain(5, 60_000));
      assertEquals(List.of(2L), d.until(Refuse.class).connections());
      Drain drain = get(plugin.drain);
      d.handOff(3);
      assertEquals(List.of(3L), d.until(Refuse.class).connections(), "also what comes after");
      plugin.listener.close();
      drain.done();
      settle(d);
      assertFalse(d.others().stream().anyMatch(Drained.class::isInstance), "one is open");
      open.close();
      assertEquals(5, d.until(Drained.class).id());
      assertEquals(Set.of(1L), d.closed, "said before drained");
    }
  }

  @Test
  void closingTheListenerRefuses() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      d.handOff(1);
      settle(d);
      plugin.listener.close();
      assertEquals(List.of(1L), d.until(Refuse.class).connections());
      d.handOff(2);
      assertEquals(List.of(2L), d.until(Refuse.class).connections());
    }
  }

  @Test
  void revokingClosesTheListenerAndRefuses() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      d.handOff(1);
      settle(d);
      d.supervisor.send(new ToWorker.Revoke(6, List.of("web")));
      d.until(Revoked.class);
      assertEquals(Set.of(1L), d.refused);
      assertFalse(plugin.listener.isOpen());
      WorkerContext context = get(plugin.context);
      assertThrows(IllegalArgumentException.class, () -> context.listener("web"));
      d.supervisor.offer(2, List.of(Dispatched.offer()), d.listener);
      settle(d);
      try (ServerSocketChannel again = context.listener("web")) {
        d.handOff(2);
        again.accept().close();
        d.untilClosed(2L);
      }
    }
  }

  @Test
  void orphanClosesWhatWaits() throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      Visitor visitor = d.handOff(1);
      settle(d);
      visitor.kept().close();
      d.supervisor.die();
      assertEquals("", visitor.readAll());
      get(plugin.drain).done();
      d.worker.assertExit(ExitCode.OK);
      plugin.listener.close();
    }
  }

  /** Nobody can see whether a UNIX-domain connection was touched: the claim is first. */
  @Test
  void unixConnectionIsClaimedBeforeThePluginHasIt(@TempDir Path folder) throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.unix(folder.resolve("s")), plugin)) {
      assertEquals(
          UnixDomainSocketAddress.of(folder.resolve("s")), get(plugin.context).address("web"));
      Visitor visitor = d.handOff(1);
      try (SocketChannel connection = plugin.accept()) {
        assertTrue(d.supervisor.hasMessage(), "the claim is with the kernel");
        assertEquals(List.of(1L), d.until(Claim.class).connections());
        assertEquals(UnixDomainSocketAddress.of(""), connection.getRemoteAddress());
        Visitor.write(connection, "x");
      }
      assertEquals("x", visitor.readAll());
      d.untilClosed(1L);
      plugin.listener.close();
    }
  }

  @Test
  void unixConnectionWaitsForASupervisorThatDoesNotRead(@TempDir Path folder) throws Exception {
    Holder plugin = new Holder();
    try (Dispatched d = new Dispatched(Sockets.unix(folder.resolve("s")), plugin)) {
      d.handOff(1);
      d.handOff(2);
      settle(d);
      WorkerContext context = get(plugin.context);
      for (int i = 0; i < 2000; i++) {
        context.status("more than the kernel takes");
      }
      plugin.listener.configureBlocking(false);
      assertEquals(null, plugin.listener.accept(), "its claim has not left");
      d.recall(1L, 2L);
      plugin.listener.configureBlocking(true);
      try (SocketChannel connection = acceptWhile(plugin, d)) {
        assertTrue(connection.isConnected());
      }
      d.untilClosed(1L);
      assertEquals(Set.of(1L), d.claimed);
      while (d.refused.isEmpty()) {
        d.until(Refuse.class);
      }
      assertEquals(Set.of(2L), d.refused);
      plugin.listener.close();
    }
  }

  /** The claim gets through when the supervisor reads on. */
  private static SocketChannel acceptWhile(Holder plugin, Dispatched d) throws Exception {
    CompletableFuture<SocketChannel> accepted =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return plugin.accept();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    d.untilClaimed(1L);
    return get(accepted);
  }
}
