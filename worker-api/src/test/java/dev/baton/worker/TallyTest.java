package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToSupervisor.Jvm;
import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Work;
import dev.baton.protocol.ToWorker.Ping;
import dev.baton.testkit.FdLeakCheck;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker tells of its work with each answer to a heartbeat. */
@ExtendWith(FdLeakCheck.class)
class TallyTest {
  private final CompletableFuture<WorkerContext> context = new CompletableFuture<>();
  private long seq;

  private InProcess started(OwnedFd listener, String mode) throws Exception {
    InProcess worker = new InProcess(context::complete);
    worker.supervisor.welcome(Scripted.class.getName(), Map.of());
    worker.supervisor.offer(
        50, List.of(Descriptor.listener("web", "tcp://127.0.0.1:0", mode)), listener);
    worker.supervisor.start();
    return worker;
  }

  private WorkerContext context() throws Exception {
    return context.get(10, TimeUnit.SECONDS);
  }

  private Work work(InProcess worker) throws Exception {
    worker.supervisor.send(new Ping(++seq));
    return worker.supervisor.expect(Pong.class).work();
  }

  @Test
  void requestsAreAddedUp() throws Exception {
    try (OwnedFd fd = Sockets.tcp();
        InProcess worker = started(fd, "shared")) {
      Counters counters = context().counters();
      assertSame(counters, context().counters());
      assertEquals(Work.NONE, work(worker));
      counters.request(30, true);
      counters.request(12, false);
      counters.request(-5, true); // a clock of its own
      assertEquals(new Work(0, 3, 1, 42), work(worker));
      context().listener("web").close();
    }
  }

  /** The first answer is given while the worker starts, which must not wait for it. */
  @Test
  void theJvmIsToldOfFromTheSecondAnswerOn() throws Exception {
    try (OwnedFd fd = Sockets.tcp();
        InProcess worker = started(fd, "shared")) {
      worker.supervisor.send(new Ping(++seq));
      assertNull(worker.supervisor.expect(Pong.class).jvm());
      System.gc();
      worker.supervisor.send(new Ping(++seq));
      Jvm jvm = worker.supervisor.expect(Pong.class).jvm();
      assertTrue(jvm.heapUsed() > 1 << 20 && jvm.heapUsed() <= jvm.heapCommitted(), jvm::toString);
      assertTrue(jvm.heapCommitted() <= jvm.heapMax(), jvm::toString);
      assertTrue(jvm.collections() > 0 && jvm.collectionMillis() > 0, jvm::toString);
      context().listener("web").close();
    }
  }

  /** However it is accepted: waiting for ever, for a time, or not at all. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "reuseport"})
  void connectionsAreCountedWhoeverAcceptsThem(String mode) throws Exception {
    try (OwnedFd fd = Sockets.tcp();
        InProcess worker = started(fd, mode);
        ServerSocketChannel listener = context().listener("web")) {
      SocketAddress address = listener.getLocalAddress();
      try (SocketChannel client = SocketChannel.open(address);
          SocketChannel accepted = listener.accept()) {
        assertTrue(client.isConnected() && accepted.isConnected());
        assertEquals(1, work(worker).connections());
      }
      listener.socket().setSoTimeout(10_000);
      try (SocketChannel client = SocketChannel.open(address);
          Socket accepted = listener.socket().accept()) {
        assertTrue(client.isConnected() && accepted.isConnected());
        assertEquals(2, work(worker).connections());
      }
      listener.configureBlocking(false);
      assertNull(listener.accept());
      try (Selector selector = Selector.open();
          SocketChannel client = SocketChannel.open(address)) {
        listener.register(selector, SelectionKey.OP_ACCEPT);
        assertEquals(1, selector.select(10_000));
        listener.accept().close();
        assertTrue(client.isConnected());
        assertEquals(3, work(worker).connections());
      }
    }
  }
}
