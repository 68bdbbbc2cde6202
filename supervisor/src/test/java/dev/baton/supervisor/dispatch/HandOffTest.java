package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.dispatch.LeastConnections;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From accept to close, with real sockets. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class HandOffTest {
  @Test
  void aConnectionReachesAWorkerWithItsNumberAndPeer() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      Socket client = world.connect();
      FakeWorker.Handed handed = worker.next();
      assertEquals("web", handed.message().listener());
      assertEquals("127.0.0.1:" + client.getLocalPort(), handed.message().peer());
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      assertEquals("hello", handed.read(100));
      handed.write("you too");
      assertEquals("you too", new String(client.getInputStream().readNBytes(7)));
    }
  }

  @Test
  void ourCopyIsKeptUntilTheClaim() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      Socket client = world.connect();
      FakeWorker.Handed handed = worker.next();
      handed.fd().close();
      client.setSoTimeout(50);
      assertThrows(SocketTimeoutException.class, () -> client.getInputStream().read());
      client.setSoTimeout(DispatchWorld.PATIENCE_MILLIS);
      worker.claim(handed.number());
      assertEquals(-1, client.getInputStream().read());
      worker.closed(handed.number());
      DispatchFigures.Listener l = world.await("closed", f -> f.connections().closed() == 1);
      assertEquals(1, l.connections().accepted());
      assertEquals(1, l.connections().handed());
      assertEquals(1, l.connections().claimed());
      assertEquals(0, l.connections().open());
    }
  }

  @Test
  void roundRobinIsExactAndNumbersAreUnique() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker[] workers = {world.worker(0), world.worker(1), world.worker(2)};
      Set<Long> numbers = new HashSet<>();
      for (int i = 0; i < 12; i++) {
        world.connect();
        assertTrue(numbers.add(workers[i % 3].next().number()));
      }
    }
  }

  @Test
  void leastConnectionsKnowsWhatWasClosed() throws Exception {
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.policy = new LeastConnections();
    try (DispatchWorld world = new DispatchWorld(choice)) {
      FakeWorker a = world.worker(0);
      FakeWorker b = world.worker(1);
      world.connect();
      world.connect();
      FakeWorker.Handed one = a.next();
      b.claim(b.next().number());
      b.closed(one.number() + 1);
      world.await("closed", f -> f.connections().closed() == 1);
      world.connect();
      b.next();
    }
  }

  @Test
  void whatIsRefusedGoesToAnother() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker a = world.worker(0);
      FakeWorker b = world.worker(1);
      Socket client = world.connect();
      FakeWorker.Handed refused = a.next();
      refused.fd().close();
      a.refuse(refused.number());
      FakeWorker.Handed handed = b.next();
      assertEquals(refused.number(), handed.number());
      assertEquals("127.0.0.1:" + client.getLocalPort(), handed.message().peer());
      handed.write("b");
      assertEquals('b', client.getInputStream().read());
      DispatchFigures.Listener l =
          world.await("redispatched", f -> f.connections().redispatched() == 1);
      assertEquals(1, l.connections().refused());
      assertEquals(1, l.connections().unclaimed());
    }
  }

  @Test
  void aSuccessorTakesItsSlot() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker old = world.worker(0);
      FakeWorker successor = world.starting(0, 0);
      world.connect();
      old.next();
      successor.ready();
      world.dispatcher.draining(old.id);
      world.connect();
      successor.next();
      assertTrue(old.poll().isEmpty());
    }
  }

  @Test
  void whileNobodyCanTakeMoreTheKernelsQueueHoldsThem() throws Exception {
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.maxConnections = 2;
    try (DispatchWorld world = new DispatchWorld(choice)) {
      FakeWorker worker = world.worker(0);
      for (int i = 0; i < 5; i++) {
        world.connect();
      }
      FakeWorker.Handed first = worker.next();
      worker.next();
      assertFalse(world.awaitFigures("pause", f -> !f.accepting()).accepting());
      assertEquals(2, world.await("two", f -> true).connections().accepted());
      assertTrue(worker.poll().isEmpty());
      worker.claim(first.number());
      worker.closed(first.number());
      worker.next();
      DispatchFigures.Listener l = world.await("three", f -> f.connections().accepted() == 3);
      assertEquals(0, l.connections().waiting());
    }
  }

  @Test
  void aFullChannelIsTriedAgainWhenItHasRoom() throws Exception {
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.maxUnclaimed = 10_000;
    try (DispatchWorld world = new DispatchWorld(choice)) {
      FakeWorker worker = world.starting(0, 1).ready();
      int clients = 40;
      for (int i = 0; i < clients; i++) {
        world.connect();
      }
      DispatchFigures full = world.awaitFigures("pause", f -> !f.accepting());
      assertTrue(full.listeners().get("web").connections().handed() < clients);
      for (int i = 0; i < clients; i++) {
        worker.next();
      }
    }
  }

  @Test
  void furtherSocketsOfAListener() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      OwnedFd socket = DispatchWorld.tcp(8);
      int port = socket.<Integer, SysException>borrow(n -> Posix.system().getsockname(n).port());
      try (OwnedFd stays = socket.duplicate("stays")) {
        world.dispatcher.extra("web", 3, socket);
        world.connect(port);
        FakeWorker.Handed handed = worker.next();
        assertEquals("web", handed.message().listener());
        world.dispatcher.noExtra("web", 3);
        world.dispatcher.noExtra("web", 4);
        Socket second = world.connect(port);
        world.connect();
        assertNotEquals(handed.number(), worker.next().number());
        assertTrue(worker.poll().isEmpty(), "accepted from a socket that was taken away");
        assertTrue(stays.isOpen());
        assertTrue(second.isConnected());
      }
      OwnedFd other = DispatchWorld.tcp(8);
      assertThrows(IllegalArgumentException.class, () -> world.dispatcher.extra("other", 0, other));
      assertFalse(other.isOpen());
    }
  }

  @Test
  void holdStopsAcceptingOnly() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      world.dispatcher.hold(true);
      world.awaitFigures("hold", f -> !f.accepting());
      Socket client = world.connect();
      assertTrue(worker.poll().isEmpty());
      world.dispatcher.hold(false);
      worker.next().write("x");
      assertEquals('x', client.getInputStream().read());
    }
  }

  @Test
  void clientsOfAUnixSocketHaveNoAddress(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("s");
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.listener = DispatchWorld.unix(path);
    try (DispatchWorld world = new DispatchWorld(choice);
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      FakeWorker worker = world.worker(0);
      client.connect(UnixDomainSocketAddress.of(path));
      FakeWorker.Handed handed = worker.next();
      assertNull(handed.message().peer());
      handed.write("u");
      ByteBuffer got = ByteBuffer.allocate(1);
      assertEquals(1, client.read(got));
      assertEquals('u', got.get(0));
    }
  }

  @Test
  void idleSinceNothingWasOpen() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      assertFalse(world.dispatcher.figures().busy());
      world.connect();
      FakeWorker.Handed handed = worker.next();
      DispatchFigures busy = world.awaitFigures("busy", DispatchFigures::busy);
      assertEquals(0, busy.idleNanos());
      assertEquals(1, busy.workers().get(worker.id).unclaimed());
      worker.claim(handed.number());
      world.awaitFigures("open", f -> f.workers().get(worker.id).open() == 1 && f.busy());
      long before = System.nanoTime();
      worker.closed(handed.number());
      DispatchFigures idle = world.awaitFigures("idle", f -> !f.busy());
      assertTrue(idle.idleSince() - before >= 0);
      assertTrue(idle.idleNanos() >= 0);
      assertEquals(1, idle.workers().get(worker.id).total());
      worker.die();
      worker.reaped();
      world.awaitFigures("gone", f -> f.workers().isEmpty());
    }
  }

  @Test
  void commandsAfterTheEndAreConsumed() throws Exception {
    DispatchWorld world = new DispatchWorld();
    world.connect();
    world.await("accepted", f -> f.connections().waiting() == 1);
    world.close();
    world.close();
    OwnedFd socket = DispatchWorld.tcp(8);
    world.dispatcher.extra("web", 1, socket);
    assertFalse(socket.isOpen());
    FakeWorker late = world.worker(9);
    late.close();
    assertEquals(1, world.dispatcher.figures().listeners().get("web").connections().accepted());
  }
}
