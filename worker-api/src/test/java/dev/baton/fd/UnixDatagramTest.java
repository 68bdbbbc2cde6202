package dev.baton.fd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Datagram sockets of AF_UNIX, which the JDK has no channels for. */
@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class UnixDatagramTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;

  /** Bound to an address, or to none. */
  private OwnedFd socket(SockAddr address) throws SysException {
    return socket(posix, address);
  }

  private static OwnedFd socket(Posix posix, SockAddr address) throws SysException {
    OwnedFd fd =
        OwnedFd.of(
            posix,
            posix.socket(Constants.AF_UNIX, Constants.SOCK_DGRAM | Constants.SOCK_NONBLOCK, 0),
            "listener:unixgram");
    try {
      if (address != null) {
        fd.use(n -> posix.bind(n, address));
      }
      return fd;
    } catch (SysException e) {
      fd.close();
      throw e;
    }
  }

  private UnixDomainSocketAddress path(String name) {
    return UnixDomainSocketAddress.of(folder.resolve(name));
  }

  private DatagramChannel bound(String name) throws IOException {
    return Adoption.datagram(socket(SockAddr.unix(folder.resolve(name).toString())));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String received(DatagramChannel channel, SocketAddress from) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    assertEquals(from, channel.receive(buffer));
    return new String(buffer.array(), 0, buffer.position(), UTF_8);
  }

  @Test
  void aQuestionIsAnswered() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = bound("client")) {
      assertEquals(path("server"), server.getLocalAddress());
      assertEquals(8, client.send(bytes("question"), path("server")));
      assertEquals("question", received(server, path("client")));
      assertEquals(6, server.send(bytes("answer"), path("client")));
      assertEquals("answer", received(client, path("server")));
    }
  }

  @Test
  void aSenderWithoutANameHasAnEmptyPath() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = Adoption.datagram(socket(null))) {
      assertEquals(UnixDomainSocketAddress.of(""), client.getLocalAddress());
      client.send(bytes("x"), path("server"));
      assertEquals("x", received(server, UnixDomainSocketAddress.of("")));
    }
  }

  @Test
  void abstractNamesAreWrittenWithAnAt() throws Exception {
    String name = "baton-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    try (DatagramChannel server = Adoption.datagram(socket(SockAddr.abstractName(name)));
        DatagramChannel client = Adoption.datagram(socket(SockAddr.abstractName(name + "c")))) {
      assertEquals(UnixDomainSocketAddress.of("@" + name), server.getLocalAddress());
      client.send(bytes("question"), server.getLocalAddress());
      assertEquals("question", received(server, UnixDomainSocketAddress.of("@" + name + "c")));
      server.send(bytes("answer"), client.getLocalAddress());
      assertEquals("answer", received(client, server.getLocalAddress()));
    }
  }

  @Test
  void datagramsKeepTheirEdges() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = bound("client")) {
      client.send(bytes(""), path("server"));
      client.send(bytes("three"), path("server"));
      client.send(bytes("four"), path("server"));
      assertEquals("", received(server, path("client")), "an empty one");
      ByteBuffer small = ByteBuffer.allocateDirect(2);
      assertEquals(path("client"), server.receive(small));
      assertFalse(small.hasRemaining(), "the rest of a datagram that does not fit is lost");
      assertEquals("four", received(server, path("client")));
      ByteBuffer large = ByteBuffer.allocate(100_000);
      assertEquals(100_000, client.send(large, path("server")));
      assertFalse(large.hasRemaining());
      ByteBuffer target = ByteBuffer.allocate(200_000);
      server.receive(target);
      assertEquals(100_000, target.position());
    }
  }

  @Test
  void onlyWhatLiesBetweenPositionAndLimitIsTouched() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = bound("client")) {
      ByteBuffer source = bytes("abcdef").position(1).limit(4);
      assertEquals(3, client.send(source, path("server")));
      assertEquals(4, source.position());
      ByteBuffer target = bytes("------").position(2).limit(4);
      server.receive(target);
      assertEquals(4, target.position());
      assertEquals("--bc--", new String(target.array(), UTF_8));
      assertThrows(
          IllegalArgumentException.class,
          () -> server.receive(ByteBuffer.allocate(4).asReadOnlyBuffer()));
    }
  }

  @Test
  @SuppressWarnings("try") // closed in the middle on purpose
  void aSelectorTakesItAndAnEmptyOneGivesNothing() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = bound("client");
        Selector selector = Selector.open()) {
      server.configureBlocking(false);
      assertNull(server.receive(ByteBuffer.allocate(10)));
      server.register(selector, SelectionKey.OP_READ);
      assertEquals(0, selector.selectNow());
      client.send(bytes("x"), path("server"));
      assertEquals(1, selector.select(10_000));
      assertEquals("x", received(server, path("client")));
      server.close();
      assertThrows(ClosedChannelException.class, () -> server.receive(ByteBuffer.allocate(10)));
      assertThrows(ClosedChannelException.class, () -> server.send(bytes("x"), path("client")));
    }
  }

  @Test
  void aReceiveThatWaitsIsWokenUp() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = bound("client")) {
      Waiting<String> receive = new Waiting<>(() -> received(server, path("client"))).begun();
      client.send(bytes("x"), path("server"));
      assertEquals("x", receive.get());
    }
  }

  @Test
  void aCloseOrAnInterruptEndsAReceiveThatWaits() throws Exception {
    DatagramChannel first = bound("first");
    Waiting<SocketAddress> receive =
        new Waiting<>(() -> first.receive(ByteBuffer.allocate(10))).begun();
    first.close();
    receive.threw(AsynchronousCloseException.class);
    DatagramChannel second = bound("second");
    receive = new Waiting<>(() -> second.receive(ByteBuffer.allocate(10))).begun();
    receive.interrupt();
    receive.threw(ClosedByInterruptException.class);
    assertFalse(second.isOpen());
  }

  /** Fills the server's queue. */
  private int fill(DatagramChannel client) throws IOException {
    client.configureBlocking(false);
    int sent = 0;
    while (client.send(bytes("x"), path("server")) == 1) {
      sent++;
      assertTrue(sent < 100_000, "the queue has a bound");
    }
    return sent;
  }

  @Test
  void aFullReceiverIsToldOrWaitedFor() throws Exception {
    try (DatagramChannel server = bound("server");
        DatagramChannel client = bound("client")) {
      int queued = fill(client);
      ByteBuffer refused = bytes("x");
      assertEquals(0, client.send(refused, path("server")));
      assertEquals(1, refused.remaining(), "nothing was taken");
      client.configureBlocking(true);
      Waiting<Integer> send = new Waiting<>(() -> client.send(bytes("last"), path("server")));
      for (int i = 0; i < queued; i++) {
        assertEquals("x", received(server, path("client")));
      }
      assertEquals(4, send.get());
      assertEquals("last", received(server, path("client")));
    }
  }

  @Test
  void aCloseEndsASendThatWaits() throws Exception {
    try (DatagramChannel server = bound("server")) {
      assertTrue(server.isOpen());
      DatagramChannel client = bound("client");
      fill(client);
      client.configureBlocking(true);
      Waiting<Integer> send = new Waiting<>(() -> client.send(bytes("x"), path("server")));
      assertFalse(send.isDone(), "the receiver is full");
      client.close();
      assertThrows(Exception.class, send::get);
    }
  }

  @Test
  void nobodyThereIsAnError() throws Exception {
    try (DatagramChannel client = bound("client")) {
      assertThrows(IOException.class, () -> client.send(bytes("x"), path("nobody")));
      assertThrows(
          UnsupportedAddressTypeException.class,
          () -> client.send(bytes("x"), new InetSocketAddress("127.0.0.1", 9)));
      assertThrows(UnsupportedOperationException.class, () -> client.connect(path("x")));
      assertThrows(UnsupportedOperationException.class, client::socket);
      client.setOption(StandardSocketOptions.SO_SNDBUF, 50_000);
      assertTrue(client.getOption(StandardSocketOptions.SO_SNDBUF) >= 50_000);
    }
  }

  @Test
  void noFailureOfTheKernelLeavesADescriptor() {
    FaultMatrix.forEachCall(
        posix,
        Errno.ENOBUFS,
        faulty -> {
          try (DatagramChannel server = Adoption.datagram(socket(faulty, null))) {
            SockAddr address = SockAddr.abstractName("baton-test-" + System.nanoTime());
            try (DatagramChannel client = Adoption.datagram(socket(faulty, address))) {
              server.send(bytes("x"), client.getLocalAddress());
              assertEquals("x", received(client, UnixDomainSocketAddress.of("")));
            }
          }
        });
  }

  @Test
  void aCloseLeavesOtherHoldersAlone() throws Exception {
    SockAddr address = SockAddr.unix(folder.resolve("server").toString());
    try (OwnedFd kept = socket(address);
        DatagramChannel client = bound("client")) {
      Adoption.datagram(kept.duplicate("lent")).close();
      client.send(bytes("x"), path("server"));
      try (DatagramChannel successor = Adoption.datagram(kept.duplicate("lent"))) {
        assertEquals("x", received(successor, path("client")));
      }
    }
  }
}
