package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections of which the supervisor holds a copy. */
@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class AdoptedConnectionTest {
  private final Posix posix = Posix.system();
  private final AtomicInteger closed = new AtomicInteger();

  @TempDir Path folder;

  /** A client, the supervisor's copy of its connection, and the worker's channel. */
  private record Handed(
      TestListener listener, SocketChannel client, OwnedFd copy, SocketChannel channel)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
      copy.close();
      client.close();
      listener.close();
    }
  }

  private Handed hand(String kind, boolean peerKnown) throws IOException {
    TestListener listener = new TestListener(kind, folder);
    SocketChannel client = listener.connect();
    OwnedFd copy = listener.accept();
    SocketChannel channel =
        Adoption.socket(
            copy.duplicate("given"),
            peerKnown ? client.getLocalAddress() : null,
            closed::incrementAndGet);
    return new Handed(listener, client, copy, channel);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
  void theClientSeesItsEndAlthoughThereIsACopy(String kind) throws Exception {
    for (boolean peerKnown : new boolean[] {true, false}) {
      closed.set(0);
      try (Handed handed = hand(kind, peerKnown)) {
        assertEquals(handed.client.getLocalAddress(), handed.channel.getRemoteAddress());
        assertEquals(handed.client.getRemoteAddress(), handed.channel.getLocalAddress());
        TestListener.write(handed.client, "question");
        assertEquals("question", TestListener.read(handed.channel, 8));
        TestListener.write(handed.channel, "answer");
        assertEquals(0, closed.get());
        handed.channel.close();
        assertEquals(1, closed.get());
        assertEquals("answer", TestListener.read(handed.client, 7), "then the end");
        assertTrue(handed.copy.isOpen());
        handed.channel.close();
        assertEquals(1, closed.get(), "once");
      }
    }
  }

  @Test
  void aRegisteredOneEndsAtOnce() throws Exception {
    try (Handed handed = hand("127.0.0.1", true);
        Selector selector = Selector.open()) {
      handed.channel.configureBlocking(false);
      handed.channel.register(selector, SelectionKey.OP_READ);
      TestListener.write(handed.client, "x");
      assertEquals(1, selector.select(10_000));
      handed.channel.close();
      assertEquals(1, closed.get());
      assertEquals("", TestListener.read(handed.client, 1), "the end, before the next select");
      selector.selectNow();
      assertEquals(1, closed.get(), "once");
    }
  }

  @Test
  void aCloseByAnotherThreadEndsAReadThatWaits() throws Exception {
    try (Handed handed = hand("127.0.0.1", true)) {
      Waiting<Integer> read =
          new Waiting<>(() -> handed.channel.read(ByteBuffer.allocate(1))).begun();
      handed.channel.close();
      read.threw(AsynchronousCloseException.class);
      assertEquals(1, closed.get());
      assertEquals("", TestListener.read(handed.client, 1));
    }
  }

  @Test
  void anInterruptClosesIt() throws Exception {
    try (Handed handed = hand("127.0.0.1", true)) {
      Waiting<Integer> read =
          new Waiting<>(() -> handed.channel.read(ByteBuffer.allocate(1))).begun();
      read.interrupt();
      read.threw(ClosedByInterruptException.class);
      assertEquals(1, closed.get());
      assertEquals("", TestListener.read(handed.client, 1));
    }
  }

  @Test
  void theAdaptorClosesIt() throws Exception {
    try (Handed handed = hand("127.0.0.1", true)) {
      handed.channel.socket().getOutputStream().write("x".getBytes());
      handed.channel.socket().close();
      assertEquals(1, closed.get());
      assertEquals("x", TestListener.read(handed.client, 2), "then the end");
    }
  }

  @Test
  void aClientThatHasGoneDisturbsNothing() throws Exception {
    try (Handed handed = hand("127.0.0.1", true)) {
      handed.client.setOption(StandardSocketOptions.SO_LINGER, 0);
      handed.client.close();
      assertThrows(IOException.class, () -> TestListener.read(handed.channel, 1), "reset");
      handed.channel.close();
      assertEquals(1, closed.get());
    }
  }

  @Test
  void whoAsksForAResetGetsIt() throws Exception {
    try (Handed handed = hand("127.0.0.1", true)) {
      handed.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      handed.channel.close();
      assertEquals(1, closed.get());
      handed.client.configureBlocking(false);
      assertEquals(0, handed.client.read(ByteBuffer.allocate(1)), "no end while there is a copy");
      handed.copy.close();
      handed.client.configureBlocking(true);
      assertThrows(IOException.class, () -> TestListener.read(handed.client, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theAdaptorAsksForAResetAndTakesItBack(boolean registered) throws Exception {
    try (Handed handed = hand("127.0.0.1", true);
        Selector selector = Selector.open()) {
      handed.channel.socket().setSoLinger(true, 0);
      assertEquals(0, handed.channel.getOption(StandardSocketOptions.SO_LINGER));
      assertEquals(handed.channel, handed.channel.setOption(StandardSocketOptions.SO_LINGER, -1));
      if (registered) {
        handed.channel.configureBlocking(false);
        handed.channel.register(selector, SelectionKey.OP_READ);
      }
      handed.channel.close();
      assertEquals("", TestListener.read(handed.client, 1), "the end, although there is a copy");
      selector.selectNow();
    }
  }

  @Test
  void oneThatWasRegisteredAndBlocksAgainEndsAtOnce() throws Exception {
    try (Handed handed = hand("127.0.0.1", true);
        Selector selector = Selector.open()) {
      handed.channel.configureBlocking(false);
      handed.channel.register(selector, SelectionKey.OP_READ).cancel();
      handed.channel.configureBlocking(true);
      handed.channel.close();
      assertEquals("", TestListener.read(handed.client, 1), "the end, before the next select");
      selector.selectNow();
    }
  }

  @Test
  void optionsThatItHasNotAreRefusedAsEver() throws Exception {
    try (Handed handed = hand("127.0.0.1", true)) {
      assertThrows(
          UnsupportedOperationException.class,
          () -> handed.channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
      assertThrows(NullPointerException.class, () -> handed.channel.setOption(null, 1));
      handed.channel.close();
      assertThrows(
          ClosedChannelException.class,
          () -> handed.channel.setOption(StandardSocketOptions.SO_LINGER, 0));
    }
  }

  @Test
  void anIpv4ClientOfAnIpv6ListenerIsOneOfIpv4() throws Exception {
    try (TestListener listener = new TestListener("::", folder);
        SocketChannel client =
            SocketChannel.open(
                new InetSocketAddress(
                    "127.0.0.1", ((InetSocketAddress) listener.address()).getPort()))) {
      try (SocketChannel channel =
          Adoption.socket(listener.accept(), client.getLocalAddress(), closed::incrementAndGet)) {
        assertEquals(client.getRemoteAddress(), channel.getLocalAddress());
        channel.setOption(StandardSocketOptions.IP_TOS, 0x10);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        assertNotNull(channel.getOption(StandardSocketOptions.IP_TOS));
        TestListener.write(channel, "x");
        assertEquals("x", TestListener.read(client, 1));
      }
    }
  }

  @Test
  void whatIsNoConnectionIsClosedAndRefused() throws Exception {
    OwnedFd idle =
        OwnedFd.of(posix, posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0), "idle");
    assertThrows(IOException.class, () -> Adoption.socket(idle, null, closed::incrementAndGet));
    assertFalse(idle.isOpen());
    OwnedFd event = OwnedFd.of(posix, posix.eventfd(), "event");
    InetSocketAddress peer = new InetSocketAddress("127.0.0.1", 9);
    assertThrows(IOException.class, () -> Adoption.socket(event, peer, closed::incrementAndGet));
    assertFalse(event.isOpen());
    assertEquals(0, closed.get(), "there was no channel");
  }
}
