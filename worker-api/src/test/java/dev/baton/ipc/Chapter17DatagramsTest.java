package dev.baton.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.sys.Errno;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What APUE says about UNIX-domain datagrams (section 17.2: "reliable and do not deliver out of
 * order"), shown to be so here.
 */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Chapter17DatagramsTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private UnixAddress name;

  @BeforeEach
  void choose() {
    name = UnixAddress.of(folder.resolve("datagrams"));
  }

  private UnixDatagram bound() throws IOException {
    return UnixDatagram.bind(name, 0600, true);
  }

  private static byte[] number(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  private static int number(UnixDatagram.Message message) {
    return ByteBuffer.wrap(message.bytes()).getInt();
  }

  /**
   * With UDP the rest would be lost. Here the sender waits: it is never further ahead of the
   * receiver than the queue is long, and each datagram arrives, once and in its place.
   */
  @Test
  void aSlowReaderMakesTheSenderWaitAndLosesNothing() throws Exception {
    int all = 3000;
    try (UnixDatagram reader = bound();
        UnixDatagram sender = UnixDatagram.unnamed()) {
      int queue = 0;
      while (sender.trySend(number(queue), name)) {
        queue++;
        assertTrue(queue < all, "the queue has an end");
      }
      AtomicInteger sent = new AtomicInteger(queue);
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int n = sent.get(); n < all; n = sent.incrementAndGet()) {
                  send(sender, n);
                }
              });
      for (int n = 0; n < all; n++) {
        int ahead = sent.get() - n;
        assertTrue(ahead <= queue, ahead + " ahead, with a queue of " + queue);
        assertEquals(n, number(reader.receive()));
      }
      sending.get();
      assertTrue(reader.receive(Duration.ZERO).isEmpty());
    }
  }

  private void send(UnixDatagram sender, int n) {
    try {
      sender.send(number(n), name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theEdgesOfMessagesAreKept() throws Exception {
    Random random = new Random(17);
    try (UnixDatagram reader = bound();
        UnixDatagram sender = UnixDatagram.unnamed()) {
      for (int length : new int[] {5, 0, 1, 100_000, 3}) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        sender.send(bytes, name);
        assertArrayEquals(bytes, reader.receive().bytes());
      }
    }
  }

  @Test
  void aMessageThatTheSendBufferCannotHoldIsRefused() throws Exception {
    try (UnixDatagram reader = bound();
        UnixDatagram sender = UnixDatagram.unnamed()) {
      UnixSocketException tooLong =
          assertThrows(UnixSocketException.class, () -> sender.send(new byte[1 << 20], name));
      assertEquals(Errno.EMSGSIZE, tooLong.errno());
      assertTrue(reader.receive(Duration.ZERO).isEmpty());
    }
  }

  @Test
  void whoHasANameIsAnswered() throws Exception {
    UnixAddress client = UnixAddress.of(folder.resolve("client"));
    UnixAddress hidden = Peers.abstractName();
    try (UnixDatagram server = bound();
        UnixDatagram file = UnixDatagram.bind(client, 0600, true);
        UnixDatagram other = UnixDatagram.bind(hidden, 0, false);
        UnixDatagram nameless = UnixDatagram.unnamed()) {
      for (UnixDatagram from : List.of(file, other)) {
        from.send("?".getBytes(UTF_8), name);
        UnixAddress sender = server.receive().from();
        assertEquals(from.address(), sender);
        server.send("!".getBytes(UTF_8), sender);
        assertEquals("!", new String(from.receive().bytes(), UTF_8));
      }
      nameless.send("?".getBytes(UTF_8), name);
      UnixAddress nobody = server.receive().from();
      assertEquals(UnixAddress.UNNAMED, nobody);
      assertThrows(IllegalArgumentException.class, () -> server.send(new byte[1], nobody));
    }
  }

  @Test
  void aNameThatNobodyHasIsToldToTheSender() throws Exception {
    try (UnixDatagram sender = UnixDatagram.unnamed()) {
      assertEquals(Errno.ENOENT, failure(sender).errno());
      UnixDatagram.bind(name, 0600, true).toChannel().close();
      UnixSocketException gone = failure(sender);
      assertEquals(Errno.ECONNREFUSED, gone.errno());
      assertTrue(gone.getMessage().startsWith("cannot send 1 bytes to " + name + ": "));
    }
  }

  private UnixSocketException failure(UnixDatagram sender) {
    return assertThrows(UnixSocketException.class, () -> sender.send(new byte[1], name));
  }

  @Test
  void thereAreNoCredentialsUnlessTheReceiverAsks() throws Exception {
    try (UnixDatagram reader = bound();
        UnixDatagram sender = UnixDatagram.unnamed()) {
      sender.send(number(1), name);
      assertEquals(Optional.empty(), reader.receive().credentials());
      reader.askForCredentials();
      sender.send(number(2), name);
      PeerCredentials us = reader.receive().credentials().orElseThrow();
      assertEquals(ProcessHandle.current().pid(), us.pid());
    }
  }

  /** The sender does nothing for it. */
  @Test
  void theKernelTellsWhichProcessSent() throws Exception {
    try (UnixDatagram reader = bound()) {
      reader.askForCredentials();
      Peers.Peer peer =
          Peers.start(
              posix,
              folder,
              """
              s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
              s.sendto(b'hello', sys.argv[1])
              print(os.getuid(), os.getgid())
              """,
              List.of(name.toString()));
      PeerCredentials sender = reader.receive().credentials().orElseThrow();
      assertEquals(peer.pid(), sender.pid());
      assertEquals(peer.end(), sender.uid() + " " + sender.gid());
    }
  }

  @Test
  void whoClaimsToBeSomebodyElseIsNotSent() throws Exception {
    assumeTrue(Peers.ROOT, "only root can start a process of another user");
    UnixAddress hidden = Peers.abstractName();
    try (UnixDatagram reader = UnixDatagram.bind(hidden, 0, false)) {
      reader.askForCredentials();
      Peers.Peer peer =
          Peers.start(
              posix,
              folder,
              """
              os.setgroups([]); os.setgid(65534); os.setuid(65534)
              s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
              s.connect('\\0' + sys.argv[1])
              def send(text, pid, uid, gid):
                  claim = (socket.SOL_SOCKET, 2, struct.pack('iii', pid, uid, gid))
                  s.sendmsg([text], [claim])
              for claim in [(1, 65534, 65534), (os.getpid(), 0, 65534), (os.getpid(), 65534, 0)]:
                  try:
                      send(b'a lie', *claim)
                  except PermissionError:
                      continue
                  sys.exit('the kernel let it pass')
              send(b'the truth', os.getpid(), 65534, 65534)
              """,
              List.of(hidden.toString().substring(1)));
      UnixDatagram.Message message = reader.receive();
      assertEquals("the truth", new String(message.bytes(), UTF_8));
      assertEquals(
          Optional.of(new PeerCredentials(peer.pid(), Peers.NOBODY, Peers.NOBODY)),
          message.credentials());
      peer.end();
    }
  }

  @Test
  void aPairOfDatagramsIsConnected() throws Exception {
    try (SocketPair.Ends<UnixDatagram> pair = SocketPair.datagrams()) {
      pair.first().send(number(1));
      pair.first().send(new byte[0]);
      assertEquals(1, number(pair.second().receive()));
      assertEquals(0, pair.second().receive().bytes().length);
    }
  }

  @Test
  void aPairOfPacketsKeepsEdgesAndHasAnEnd() throws Exception {
    try (SocketPair.Ends<UnixDatagram> pair = SocketPair.packets()) {
      pair.first().send(number(1));
      pair.first().send(number(2));
      pair.first().close();
      assertEquals(1, number(pair.second().receive()));
      assertEquals(2, number(pair.second().receive()));
      assertThrows(EOFException.class, () -> pair.second().receive());
    }
  }

  @Test
  void asAChannelOfTheJdkItKeepsItsName() throws Exception {
    try (DatagramChannel channel = bound().toChannel();
        UnixDatagram sender = UnixDatagram.unnamed()) {
      sender.send(number(17), name);
      ByteBuffer buffer = ByteBuffer.allocate(10);
      channel.receive(buffer);
      assertEquals(17, buffer.flip().getInt());
    }
  }

  @Test
  void aCloseEndsTheWaitOfAReceiver() throws Exception {
    UnixDatagram reader = bound();
    long before = Peers.waits();
    CompletableFuture<UnixDatagram.Message> waiting =
        CompletableFuture.supplyAsync(() -> receive(reader));
    Peers.awaitWaits(before + 1);
    reader.close();
    assertClosed(waiting);
  }

  @Test
  void aCloseEndsTheWaitOfASender() throws Exception {
    try (UnixDatagram reader = bound()) {
      UnixDatagram sender = UnixDatagram.unnamed();
      while (sender.trySend(number(0), name)) {
        assertEquals(name, reader.address()); // until its queue is full
      }
      CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> send(sender, 1));
      sender.close();
      assertClosed(waiting);
    }
  }

  private static UnixDatagram.Message receive(UnixDatagram reader) {
    try {
      return reader.receive();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void assertClosed(CompletableFuture<?> waiting) {
    ExecutionException ended = assertThrows(ExecutionException.class, waiting::get);
    assertTrue(
        ended.getCause().getCause() instanceof ClosedChannelException,
        () -> "ended by " + ended.getCause());
  }
}
