package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class FedServerSocketTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;

  private FedListener open(String kind, boolean own) throws IOException {
    return new FedListener(posix, kind, folder, own);
  }

  private static void converse(SocketChannel client, SocketChannel accepted) throws IOException {
    try (client;
        accepted) {
      assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
      TestListener.write(client, "question");
      assertEquals("question", TestListener.read(accepted, 8));
      TestListener.write(accepted, "answer");
      assertEquals("answer", TestListener.read(client, 6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, false",
    "::1, false",
    "unix, false",
    "127.0.0.1, true",
    "::1, true",
    "unix, true"
  })
  void acceptsWhatItIsFed(String kind, boolean own) throws Exception {
    try (FedListener server = open(kind, own)) {
      assertEquals(server.address(), server.channel().getLocalAddress());
      for (int i = 0; i < 3; i++) {
        SocketChannel client = server.feed();
        converse(client, server.channel().accept());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
  void acceptsFromItsOwnSocket(String kind) throws Exception {
    try (FedListener server = open(kind, true)) {
      SocketChannel client = server.own().connect();
      converse(client, server.channel().accept());
    }
  }

  @Test
  void neitherSourceStarves() throws Exception {
    try (FedListener server = open("127.0.0.1", true)) {
      List<SocketChannel> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(server.feed());
      }
      for (int i = 0; i < 4; i++) {
        clients.add(server.own().connect());
      }
      List<SocketChannel> first = List.of(server.channel().accept(), server.channel().accept());
      assertEquals(
          1,
          first.stream().filter(c -> peerIs(c, clients.subList(0, 4))).count(),
          "one of two comes from the feed");
      for (int i = 0; i < 6; i++) {
        server.channel().accept().close();
      }
      for (SocketChannel c : first) {
        c.close();
      }
      for (SocketChannel c : clients) {
        c.close();
      }
    }
  }

  private static boolean peerIs(SocketChannel accepted, List<SocketChannel> clients) {
    return clients.stream()
        .anyMatch(c -> Sneaky.get(() -> c.getLocalAddress().equals(accepted.getRemoteAddress())));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAcceptThatWaitsIsWokenUp(boolean own) throws Exception {
    try (FedListener server = open("127.0.0.1", own)) {
      Waiting<SocketChannel> accepted = new Waiting<>(server.channel()::accept).begun();
      converse(server.feed(), accepted.get());
      if (own) {
        accepted = new Waiting<>(server.channel()::accept).begun();
        converse(server.own().connect(), accepted.get());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSelectorTellsAsLongAsThereIsSomething(boolean own) throws Exception {
    try (FedListener server = open("127.0.0.1", own);
        Selector selector = Selector.open()) {
      server.channel().configureBlocking(false);
      server.channel().register(selector, SelectionKey.OP_ACCEPT);
      assertNull(server.channel().accept());
      assertEquals(0, selector.selectNow());
      SocketChannel first = server.feed();
      SocketChannel second = server.feed();
      for (SocketChannel client : List.of(first, second)) {
        assertEquals(1, selector.select(10_000), "readable until it has given all");
        assertTrue(selector.selectedKeys().iterator().next().isAcceptable());
        selector.selectedKeys().clear();
        converse(client, server.channel().accept());
      }
      assertNull(server.channel().accept());
      assertEquals(0, selector.selectNow(), "given all, it is quiet");
      if (own) {
        SocketChannel client = server.own().connect();
        assertEquals(1, selector.select(10_000));
        converse(client, server.channel().accept());
      }
      SocketChannel last = server.feed();
      selector.selectedKeys().clear();
      assertEquals(1, selector.select(10_000));
      converse(last, server.channel().accept());
    }
  }

  @Test
  void aSelectorIsNotWokenUpForNothing() throws Exception {
    try (FedListener server = open("127.0.0.1", false);
        Selector selector = Selector.open()) {
      server.channel().configureBlocking(false);
      server.channel().register(selector, SelectionKey.OP_ACCEPT);
      SocketChannel client = server.feed();
      assertEquals(1, selector.select(10_000));
      selector.selectedKeys().clear();
      converse(client, server.channel().accept());
      assertEquals(0, selector.selectNow(), "the feed is known to be empty");
      server.withoutHints();
      client = server.feed();
      assertEquals(1, selector.select(10_000));
      selector.selectedKeys().clear();
      converse(client, server.channel().accept());
      assertEquals(1, selector.selectNow(), "it may have more");
      assertNull(server.channel().accept());
      selector.selectedKeys().clear();
      assertEquals(0, selector.selectNow(), "it has no more");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSourceOfTheFeedIsWatchedForAWhile(boolean own) throws Exception {
    try (FedListener server = open("127.0.0.1", own);
        OwnedFd source = OwnedFd.of(posix, posix.eventfd(), "source");
        Selector selector = Selector.open()) {
      server.channel().configureBlocking(false);
      server.channel().register(selector, SelectionKey.OP_ACCEPT);
      source.use(n -> posix.write(n, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 8));
      assertEquals(0, selector.selectNow());
      source.use(n -> assertTrue(server.watch(n)));
      assertEquals(1, selector.select(10_000));
      assertNull(server.channel().accept());
      selector.selectedKeys().clear();
      source.use(server::unwatch);
      assertEquals(0, selector.selectNow(), "watched no more");
      source.use(n -> assertTrue(server.watch(n)));
      server.channel().close();
      selector.selectNow();
      source.use(n -> assertFalse(server.watch(n)));
      source.use(server::unwatch);
    }
  }

  @Test
  void theAdaptorAcceptsWithAndWithoutATimeout() throws Exception {
    try (FedListener server = open("127.0.0.1", false)) {
      InetSocketAddress address = (InetSocketAddress) server.address();
      assertEquals(address.getPort(), server.channel().socket().getLocalPort());
      assertTrue(server.channel().socket().isBound());
      server.channel().socket().setSoTimeout(20);
      assertThrows(SocketTimeoutException.class, () -> server.channel().socket().accept());
      server.channel().socket().setSoTimeout(10_000);
      for (int i = 0; i < 2; i++) {
        try (SocketChannel client = server.feed();
            Socket accepted = server.channel().socket().accept()) {
          assertEquals(client.socket().getLocalPort(), accepted.getPort());
        }
        server.channel().socket().setSoTimeout(0);
      }
    }
  }

  @Test
  void itIsBoundForGood() throws Exception {
    try (FedListener server = open("127.0.0.1", false)) {
      assertThrows(AlreadyBoundException.class, () -> server.channel().bind(null));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void optionsActOnItsOwnSocketOrOnNothing(boolean own) throws Exception {
    try (FedListener server = open("127.0.0.1", own)) {
      ServerSocketChannel channel = server.channel();
      assertEquals(channel, channel.setOption(StandardSocketOptions.SO_REUSEADDR, true));
      assertEquals(true, channel.getOption(StandardSocketOptions.SO_REUSEADDR));
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 40_000);
      assertEquals(40_000, channel.getOption(StandardSocketOptions.SO_RCVBUF));
      if (own) {
        assertEquals(80_000, server.own().receiveBuffer(), "the kernel doubles it");
      }
      assertThrows(
          UnsupportedOperationException.class,
          () -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true));
      channel.close();
      assertThrows(
          ClosedChannelException.class,
          () -> channel.getOption(StandardSocketOptions.SO_REUSEADDR));
    }
  }

  @Test
  void aSignalCostsASystemCallOnlyWhereItWasQuiet() throws Exception {
    FaultyPosix counting = new FaultyPosix(posix, 0, Errno.EIO).only("write");
    try (FedListener server = new FedListener(counting.posix(), "127.0.0.1", folder, false);
        SocketChannel a = server.feed();
        SocketChannel b = server.feed()) {
      assertEquals(1, counting.counted());
      assertNotNull(a);
      assertNotNull(b);
      server.channel().accept().close();
      server.channel().accept().close();
      server.feed().close();
      assertEquals(2, counting.counted());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFailureToOpenLeavesNothing(boolean own) throws Exception {
    FaultMatrix.forEachCall(
        posix,
        Errno.EMFILE,
        List.of("read", "write"),
        faulty -> new FedListener(faulty, "127.0.0.1", folder, own).close());
    assertFalse(FdLedger.report().stream().anyMatch(line -> line.startsWith("open")));
  }
}
