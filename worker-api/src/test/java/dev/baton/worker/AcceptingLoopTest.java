package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor.Drained;
import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Refuse;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin with one event loop, or a thread that accepts, reads the control channel itself. */
@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class AcceptingLoopTest {
  /** Closes what it accepts; counts what was read on its own thread. */
  private static final class Loop implements Worker {
    private static final long LOOK_MILLIS = 20;

    private final boolean selects;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch hangs = new CountDownLatch(1);
    private volatile boolean hang;
    private ServerSocketChannel server;

    private Loop(boolean selects) {
      this.selects = selects;
    }

    @Override
    public void start(WorkerContext context) throws Exception {
      server = context.listener("web");
      Thread thread = new Thread(this::run, "loop");
      thread.setDaemon(true);
      thread.start();
      context.ready();
    }

    private void run() {
      try {
        if (selects) {
          select();
        }
        while (server.isOpen()) {
          serve(server.accept());
        }
      } catch (IOException e) {
        // closed
      } finally {
        ended.countDown();
      }
    }

    private void select() throws IOException {
      try (Selector selector = Selector.open()) {
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        while (server.isOpen()) {
          selector.select(LOOK_MILLIS); // a close by another thread does not end it
          selector.selectedKeys().clear();
          SocketChannel connection = server.isOpen() ? server.accept() : null;
          if (connection != null) {
            serve(connection);
          }
        }
        selector.selectNow();
      }
    }

    private void serve(SocketChannel connection) throws IOException {
      if (hang) {
        hang = false;
        hangs.countDown();
        try {
          assertTrue(goOn.await(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      connection.close();
    }

    @Override
    public void drain(Drain drain) throws Exception {
      stop();
      drain.done();
    }

    @Override
    public void stop() throws Exception {
      server.close();
      goOn.countDown();
      assertTrue(ended.await(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS));
    }
  }

  /** Hands connections over until the channel thread steps back. Returns the last number. */
  private static long untilGuest(Dispatched d, Visitor visitor) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SupervisorEnd.MILLIS);
    long inARow = 0;
    for (long number = 1; System.nanoTime() < deadline; number++) {
      d.supervisor.handOff(number, "web", visitor.peer(), visitor.kept());
      inARow = Stacks.of("baton-channel", "letOthersRead") ? inARow + 1 : 0;
      d.untilClosed(number);
      if (inARow == 3) {
        return number;
      }
    }
    throw new AssertionError("the channel thread has never stepped back");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void servesAndDrains(boolean selects) throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), new Loop(selects));
        Visitor visitor = Visitor.of(d.listener)) {
      long last = untilGuest(d, visitor);
      for (long n = last + 1; n <= last + 100; n++) {
        d.supervisor.handOff(n, "web", visitor.peer(), visitor.kept());
      }
      d.supervisor.send(new ToWorker.Ping(1));
      assertEquals(1, d.until(Pong.class).seq());
      for (long n = last + 1; n <= last + 100; n++) {
        d.untilClosed(n);
      }
      d.supervisor.send(new ToWorker.Drain(5, SupervisorEnd.MILLIS));
      d.until(Drained.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoHangsAfterItReadStopsNothing(boolean selects) throws Exception {
    Loop loop = new Loop(selects);
    try (Dispatched d = new Dispatched(Sockets.tcp(), loop);
        Visitor visitor = Visitor.of(d.listener)) {
      long last = untilGuest(d, visitor);
      loop.hang = true;
      d.supervisor.handOff(last + 1, "web", visitor.peer(), visitor.kept());
      assertTrue(loop.hangs.await(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS));
      d.supervisor.handOff(last + 2, "web", visitor.peer(), visitor.kept());
      d.supervisor.send(new ToWorker.Ping(1));
      assertEquals(1, d.until(Pong.class).seq());
      d.recall(last + 1, last + 2);
      d.until(Refuse.class);
      assertEquals(Set.of(last + 2), d.refused);
      loop.goOn.countDown();
      d.untilClosed(last + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRevokedListenerIsClosedByWhoeverReadsThat(boolean selects) throws Exception {
    Loop loop = new Loop(selects);
    try (Dispatched d = new Dispatched(Sockets.tcp(), loop);
        Visitor visitor = Visitor.of(d.listener)) {
      untilGuest(d, visitor);
      d.supervisor.send(new ToWorker.Revoke(3, List.of("web")));
      assertTrue(loop.ended.await(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS));
      d.supervisor.send(new ToWorker.Ping(1));
      assertEquals(1, d.until(Pong.class).seq());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supervisorsEndIsSeenByWhoeverReads(boolean selects) throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), new Loop(selects));
        Visitor visitor = Visitor.of(d.listener)) {
      untilGuest(d, visitor);
      d.supervisor.die();
      d.worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void idleWorkerLeavesReadingToTheChannelThread() throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), new Loop(true));
        Visitor visitor = Visitor.of(d.listener)) {
      untilGuest(d, visitor);
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SupervisorEnd.MILLIS);
      while (!Stacks.of("baton-channel", "await")) {
        assertTrue(System.nanoTime() < deadline, "the channel thread does not read again");
        Thread.onSpinWait();
      }
      d.supervisor.send(new ToWorker.Ping(2));
      assertEquals(2, d.until(Pong.class).seq());
    }
  }
}
