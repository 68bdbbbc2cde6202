package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor.Closed;
import dev.baton.protocol.ToSupervisor.Drained;
import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Refuse;
import dev.baton.protocol.ToSupervisor.Warning;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code connections()} of a dispatched listener: handlers, threads, executors. */
@ExtendWith(FdLeakCheck.class)
class ConnectionsTest {
  private static Worker serving(ConnectionHandler handler) {
    return context -> {
      context.connections("web", handler);
      context.ready();
    };
  }

  private static Worker serving(Executor executor, ConnectionHandler handler) {
    return context -> {
      context.connections("web", executor, handler);
      context.ready();
    };
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
    assertTrue(next != null, "nothing in " + SupervisorEnd.MILLIS + " ms");
    return next;
  }

  private static void settle(Dispatched d) throws Exception {
    d.supervisor.send(new ToWorker.Ping(99));
    d.until(Pong.class);
  }

  @Test
  void handlerGetsConnectionsWithNumberAndPeer() throws Exception {
    BlockingQueue<Connection> served = new LinkedBlockingQueue<>();
    ConnectionHandler handler =
        c -> {
          Visitor.write(c.channel(), c.listener() + " " + c.id());
          served.add(c);
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(handler))) {
      Visitor visitor = d.handOff(41);
      Connection connection = next(served);
      assertEquals(41, connection.id());
      assertEquals(visitor.client().getLocalAddress(), connection.peer());
      d.untilClaimed(41L);
      assertTrue(connection.channel().isOpen(), "the plugin's until it closes it");
      connection.close();
      connection.close();
      assertEquals("web 41", visitor.readAll());
      d.untilClosed(41L);
      assertEquals(visitor.client().getLocalAddress(), connection.peer(), "also afterwards");
    }
  }

  @Test
  void clientWithoutAddressHasAnEmptyOne(@TempDir Path folder) throws Exception {
    CompletableFuture<Object> peer = new CompletableFuture<>();
    ConnectionHandler handler =
        c -> {
          peer.complete(c.peer());
          c.channel().close();
        };
    try (Dispatched d = new Dispatched(Sockets.unix(folder.resolve("s")), serving(handler))) {
      d.handOff(1);
      assertEquals(
          java.net.UnixDomainSocketAddress.of(""),
          peer.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS));
      d.untilClosed(1L);
    }
  }

  @Test
  void whatTheHandlerThrowsClosesAndIsReported() throws Exception {
    ConnectionHandler handler =
        c -> {
          throw new IllegalStateException("no luck with " + c.id());
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(handler))) {
      Visitor first = d.handOff(1);
      assertEquals("", first.readAll());
      d.until(Warning.class);
      Visitor second = d.handOff(2);
      assertEquals("", second.readAll(), "the thread serves on");
      d.untilClosed(1L, 2L);
      List<Warning> warnings =
          d.others().stream().filter(Warning.class::isInstance).map(Warning.class::cast).toList();
      assertEquals(1, warnings.size(), "one in ten seconds: " + warnings);
      assertTrue(warnings.get(0).text().contains("no luck with 1"), warnings.toString());
      assertTrue(d.worker.log().contains("ConnectionsTest"), d.worker.log());
    }
  }

  /** The 65th waits where it can be taken back. */
  @Test
  void allThreadsBusyLeavesTheRestRecallable() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    ConnectionHandler handler =
        c -> {
          threads.add(Thread.currentThread().getName());
          go.await();
          c.close();
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(handler))) {
      for (long n = 1; n <= 66; n++) {
        d.handOff(n);
      }
      Awaitility.await("64 handlers run").until(() -> threads.size() == 64);
      d.recall(1L, 64L, 65L);
      assertEquals(List.of(65L), d.until(Refuse.class).connections());
      assertEquals(64, Set.copyOf(threads).size());
      go.countDown();
      while (d.closed.size() < 65) {
        d.until(Closed.class);
      }
      assertTrue(d.closed.contains(66L));
    }
  }

  @Test
  void drainEndsTheServiceAndWaitsForItsConnections() throws Exception {
    BlockingQueue<Connection> served = new LinkedBlockingQueue<>();
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(served::add))) {
      d.handOff(1);
      Connection open = next(served);
      d.supervisor.send(new ToWorker.Drain(5, 60_000));
      settle(d);
      d.handOff(2);
      assertEquals(List.of(2L), d.until(Refuse.class).connections());
      assertFalse(d.others().stream().anyMatch(Drained.class::isInstance));
      open.close();
      assertEquals(5, d.until(Drained.class).id());
      assertEquals(Set.of(1L), d.closed);
    }
  }

  @Test
  void executorsQueueIsRecallable() throws Exception {
    Queue<Runnable> tasks = new ArrayDeque<>();
    BlockingQueue<Runnable> offered = new LinkedBlockingQueue<>();
    BlockingQueue<Connection> served = new LinkedBlockingQueue<>();
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(offered::add, served::add))) {
      for (long n = 1; n <= 3; n++) {
        d.handOff(n);
        tasks.add(next(offered));
      }
      d.recall(2L, 3L);
      assertEquals(List.of(2L, 3L), d.until(Refuse.class).connections());
      tasks.forEach(Runnable::run);
      try (Connection only = next(served)) {
        assertEquals(1, only.id());
      }
      assertNull(served.poll());
      d.handOff(4);
      next(offered).run();
      try (Connection later = next(served)) {
        assertEquals(4, later.id());
      }
      d.untilClosed(1L, 4L);
    }
  }

  @Test
  void whatTheExecutorRejectsGoesBack() throws Exception {
    BlockingQueue<Runnable> room = new ArrayBlockingQueue<>(1);
    Executor executor =
        task -> {
          if (!room.offer(task)) {
            throw new RejectedExecutionException("full");
          }
        };
    BlockingQueue<Connection> served = new LinkedBlockingQueue<>();
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(executor, served::add))) {
      d.handOff(1);
      Awaitility.await("the first is with the executor").until(() -> room.size() == 1);
      d.handOff(2);
      assertEquals(List.of(2L), until(d));
      next(room).run();
      try (Connection one = next(served)) {
        assertEquals(1, one.id());
      }
      d.untilClosed(1L);
    }
  }

  private static List<Long> until(Dispatched d) throws Exception {
    return d.until(Refuse.class).connections();
  }

  @Test
  void executorThatRunsTheTaskHoldsNobodyUp() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ConnectionHandler handler =
        c -> {
          go.await();
          c.close();
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), serving(Runnable::run, handler))) {
      d.handOff(1);
      d.untilClaimed(1L);
      d.handOff(2);
      settle(d);
      d.recall(2L);
      assertEquals(List.of(2L), until(d));
      go.countDown();
      d.untilClosed(1L);
    }
  }

  @Test
  void listenerIsTakenOverOnce() throws Exception {
    CompletableFuture<WorkerContext> context = new CompletableFuture<>();
    Worker plugin =
        given -> {
          given.connections("web", Connection::close);
          given.ready();
          context.complete(given);
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      WorkerContext given = context.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
      assertEquals(
          "listener \"web\" was taken over before, in another way",
          assertThrows(IllegalStateException.class, () -> given.listener("web")).getMessage());
      assertThrows(IllegalStateException.class, () -> given.connections("web", Connection::close));
      assertThrows(IllegalArgumentException.class, () -> given.connections("x", Connection::close));
      d.handOff(1);
      d.untilClosed(1L);
    }
  }
}
