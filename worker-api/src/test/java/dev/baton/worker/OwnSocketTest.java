package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToSupervisor.Claim;
import dev.baton.protocol.ToSupervisor.Closed;
import dev.baton.protocol.ToSupervisor.Drained;
import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Ready;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that the worker accepts or receives from by itself: shared, reuseport, datagrams. */
@ExtendWith(FdLeakCheck.class)
class OwnSocketTest {
  private static final Posix POSIX = Posix.system();

  private static InProcess offered(Worker plugin, Descriptor what, OwnedFd fd) throws Exception {
    InProcess worker = new InProcess(plugin);
    worker.supervisor.welcome(Scripted.class.getName(), Map.of(), 50);
    worker.supervisor.offer(1, List.of(what), fd);
    worker.supervisor.start();
    return worker;
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
    assertTrue(next != null, "nothing in " + SupervisorEnd.MILLIS + " ms");
    return next;
  }

  private static Worker handing(BlockingQueue<Connection> to) {
    return context -> {
      context.connections("web", to::add);
      context.ready();
    };
  }

  private static void serveAndDrain(OwnedFd listener) throws Exception {
    BlockingQueue<Connection> served = new LinkedBlockingQueue<>();
    Descriptor what = Descriptor.listener("web", "somewhere", "shared");
    try (listener;
        InProcess worker = offered(handing(served), what, listener)) {
      assertEquals(List.of("web"), worker.supervisor.expect(Claim.class).names());
      worker.supervisor.expect(Ready.class);
      try (SocketChannel one = Visitor.connect(listener);
          SocketChannel two = Visitor.connect(listener)) {
        Connection first = next(served);
        Connection second = next(served);
        assertEquals(Set.of(-1L, -2L), Set.of(first.id(), second.id()));
        boolean tcp = one.getLocalAddress() instanceof InetSocketAddress;
        SocketAddress expected = first.id() == -1 ? one.getLocalAddress() : two.getLocalAddress();
        assertEquals(tcp ? expected : first.channel().getRemoteAddress(), first.peer());
        worker.supervisor.send(new ToWorker.Drain(5, 60_000));
        worker.supervisor.send(new ToWorker.Ping(1));
        worker.supervisor.expect(Pong.class);
        try (SocketChannel late = Visitor.connect(listener)) {
          int left = listener.<Integer, Exception>borrow(POSIX::accept4);
          OwnedFd.of(POSIX, left, "left for others").close();
          assertTrue(served.isEmpty() && late.isConnected());
        }
        first.close();
        second.channel().close();
        assertEquals(5, worker.supervisor.expect(Drained.class).id());
        assertEquals("", Visitor.readAll(one));
      }
    }
  }

  @Test
  void sharedTcpListenerIsAcceptedFromUntilTheDrain() throws Exception {
    serveAndDrain(Sockets.tcp());
  }

  @Test
  void sharedUnixListenerIsAcceptedFromUntilTheDrain(@TempDir Path folder) throws Exception {
    serveAndDrain(Sockets.unix(folder.resolve("s")));
  }

  @Test
  void reuseportHandlerServesItsSocketAndHandOffs() throws Exception {
    BlockingQueue<Connection> served = new LinkedBlockingQueue<>();
    Descriptor what = Descriptor.listener("web", "tcp://x", "reuseport");
    try (OwnedFd listener = Sockets.tcp();
        OwnedFd sibling = Sockets.tcp();
        InProcess worker = offered(handing(served), what, listener);
        Visitor handed = Visitor.of(sibling);
        SocketChannel client = Visitor.connect(listener)) {
      Connection own = next(served);
      assertEquals(client.getLocalAddress(), own.peer());
      worker.supervisor.expect(Claim.class);
      worker.supervisor.expect(Ready.class);
      worker.supervisor.handOff(3, "web", handed.peer(), handed.kept());
      Connection from = next(served);
      assertEquals(3, from.id());
      assertEquals(List.of(3L), worker.supervisor.expect(Claim.class).connections());
      own.close();
      from.close();
      assertEquals(List.of(3L), worker.supervisor.expect(Closed.class).connections());
    }
  }

  @Test
  void reuseportListenerAcceptsBoth() throws Exception {
    BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();
    Worker plugin =
        context -> {
          var listener = context.listener("web");
          Thread thread =
              new Thread(
                  () -> {
                    try {
                      while (true) {
                        accepted.add(listener.accept());
                      }
                    } catch (java.io.IOException e) {
                      // revoked
                    }
                  });
          thread.setDaemon(true);
          thread.start();
          context.ready();
        };
    Descriptor what = Descriptor.listener("web", "tcp://x", "reuseport");
    try (OwnedFd listener = Sockets.tcp();
        OwnedFd sibling = Sockets.tcp();
        InProcess worker = offered(plugin, what, listener);
        Visitor handed = Visitor.of(sibling);
        SocketChannel client = Visitor.connect(listener)) {
      try (SocketChannel own = next(accepted)) {
        assertEquals(client.getLocalAddress(), own.getRemoteAddress());
      }
      worker.supervisor.expect(Claim.class);
      worker.supervisor.expect(Ready.class);
      worker.supervisor.handOff(3, "web", handed.peer(), handed.kept());
      try (SocketChannel from = next(accepted)) {
        assertEquals(handed.client().getLocalAddress(), from.getRemoteAddress());
      }
      assertEquals(List.of(3L), worker.supervisor.expect(Claim.class).connections());
      assertEquals(List.of(3L), worker.supervisor.expect(Closed.class).connections());
      worker.supervisor.send(new ToWorker.Revoke(4, List.of("web")));
      worker.supervisor.expect(ToSupervisor.Revoked.class);
    }
  }

  @Test
  void udpListenerReceivesAndAnswers() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    Worker plugin =
        context -> {
          context.datagrams("dns");
          future.complete(context);
        };
    Descriptor what = new Descriptor(Kind.LISTENER, "dns", null, "udp://x", "shared", null);
    try (OwnedFd kept = udp();
        InProcess worker = offered(plugin, what, kept);
        DatagramChannel client = DatagramChannel.open()) {
      WorkerContext context = future.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
      assertEquals(Set.of("dns"), context.datagrams());
      assertEquals(Set.of(), context.listeners());
      assertEquals(
          "no listener \"dns\" (that is a datagram listener: ask datagrams(\"dns\")); this worker"
              + " was offered: none",
          assertThrows(IllegalArgumentException.class, () -> context.listener("dns")).getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> context.connections("dns", Connection::close));
      DatagramChannel channel = context.datagrams("dns");
      client.connect(new InetSocketAddress("127.0.0.1", Sockets.port(kept)));
      client.write(ByteBuffer.wrap(new byte[] {1, 2}));
      ByteBuffer room = ByteBuffer.allocate(16);
      SocketAddress from = channel.receive(room);
      assertEquals(client.getLocalAddress(), from);
      channel.send(room.flip(), from);
      assertEquals(2, client.read(ByteBuffer.allocate(16)));
      assertEquals(context.address("dns"), channel.getLocalAddress());
      channel.close();
      assertFalse(channel.isOpen(), worker.log());
    }
  }

  private static OwnedFd udp() throws Exception {
    int type = Constants.SOCK_DGRAM | Constants.SOCK_NONBLOCK;
    OwnedFd fd = OwnedFd.of(POSIX, POSIX.socket(Constants.AF_INET, type, 0), "udp");
    fd.use(n -> POSIX.bind(n, SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0)));
    return fd;
  }
}
