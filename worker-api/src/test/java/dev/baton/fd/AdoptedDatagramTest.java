package dev.baton.fd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP sockets of a supervisor as channels of the JDK. */
@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class AdoptedDatagramTest {
  private final Posix posix = Posix.system();

  private OwnedFd bound(String host) throws IOException {
    SockAddr address = SockAddr.inet(InetAddress.getByName(host), 0);
    OwnedFd fd =
        OwnedFd.of(
            posix,
            posix.socket(address.family(), Constants.SOCK_DGRAM | Constants.SOCK_NONBLOCK, 0),
            "listener:udp");
    fd.use(n -> posix.bind(n, address));
    return fd;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(ByteBuffer buffer) {
    return new String(buffer.array(), 0, buffer.position(), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aQuestionIsAnswered(String host) throws Exception {
    try (DatagramChannel server = Adoption.datagram(bound(host));
        DatagramChannel client = DatagramChannel.open()) {
      client.connect(server.getLocalAddress());
      client.write(bytes("question"));
      ByteBuffer got = ByteBuffer.allocate(100);
      SocketAddress from = server.receive(got);
      assertEquals("question", text(got));
      assertEquals(client.getLocalAddress(), from);
      assertEquals(6, server.send(bytes("answer"), from));
      got.clear();
      client.read(got);
      assertEquals("answer", text(got));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void itConnectsAndItsAdaptorWorks(String host) throws Exception {
    try (DatagramChannel server = Adoption.datagram(bound(host));
        DatagramSocket client = new DatagramSocket(0, InetAddress.getByName(host))) {
      InetSocketAddress to = (InetSocketAddress) server.getLocalAddress();
      client.send(new DatagramPacket("one".getBytes(UTF_8), 3, to));
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      server.socket().receive(packet);
      assertEquals(3, packet.getLength());
      server.socket().send(packet);
      client.receive(packet);
      assertEquals(3, packet.getLength());
      server.connect(client.getLocalSocketAddress());
      server.write(bytes("four"));
      client.receive(packet);
      assertEquals(4, packet.getLength());
    }
  }

  @Test
  void anIpv4ClientOfAnIpv6SocketIsAnswered() throws Exception {
    try (DatagramChannel server = Adoption.datagram(bound("::"));
        DatagramSocket client = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      client.send(
          new DatagramPacket("x".getBytes(UTF_8), 1, new InetSocketAddress("127.0.0.1", port)));
      SocketAddress from = server.receive(ByteBuffer.allocate(10));
      server.send(bytes("yes"), from);
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      client.receive(packet);
      assertEquals(3, packet.getLength());
    }
  }

  @Test
  void aSelectorTakesItAndAnEmptyOneGivesNothing() throws Exception {
    try (DatagramChannel server = Adoption.datagram(bound("127.0.0.1"));
        DatagramChannel client = DatagramChannel.open();
        Selector selector = Selector.open()) {
      server.configureBlocking(false);
      assertNull(server.receive(ByteBuffer.allocate(10)));
      server.register(selector, SelectionKey.OP_READ);
      client.send(bytes("x"), server.getLocalAddress());
      assertEquals(1, selector.select(10_000));
      ByteBuffer got = ByteBuffer.allocate(10);
      server.receive(got);
      assertEquals("x", text(got));
    }
  }

  @Test
  void aCloseEndsAReceiveThatWaitsAndLeavesOtherHoldersAlone() throws Exception {
    try (OwnedFd kept = bound("127.0.0.1");
        DatagramChannel client = DatagramChannel.open()) {
      DatagramChannel first = Adoption.datagram(kept.duplicate("lent"));
      Waiting<SocketAddress> receive =
          new Waiting<>(() -> first.receive(ByteBuffer.allocate(10))).begun();
      SocketAddress address = first.getLocalAddress();
      first.close();
      receive.threw(AsynchronousCloseException.class);
      client.send(bytes("x"), address);
      try (DatagramChannel second = Adoption.datagram(kept.duplicate("lent"))) {
        ByteBuffer got = ByteBuffer.allocate(10);
        assertEquals(
            ((InetSocketAddress) client.getLocalAddress()).getPort(),
            ((InetSocketAddress) second.receive(got)).getPort());
        assertEquals("x", text(got));
      }
    }
  }

  @Test
  void whatIsNoDatagramSocketIsClosedAndRefused() throws Exception {
    OwnedFd stream =
        OwnedFd.of(posix, posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0), "stream");
    assertThrows(IOException.class, () -> Adoption.datagram(stream));
    assertFalse(stream.isOpen());
    OwnedFd event = OwnedFd.of(posix, posix.eventfd(), "event");
    assertThrows(IOException.class, () -> Adoption.datagram(event));
    assertFalse(event.isOpen());
  }
}
