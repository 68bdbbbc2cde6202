package dev.baton.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.sys.Errno;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Unique connections (APUE 17.3): a server at a well-known name gets one connection for each
 * client, and knows who that is.
 */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Chapter17ConnectionsTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void choose() {
    path = folder.resolve("server");
  }

  private static void write(SocketChannel to, String text) throws IOException {
    to.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  private static String read(SocketChannel from) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    int length = from.read(buffer);
    return length < 0 ? "end" : new String(buffer.array(), 0, length, UTF_8);
  }

  @Test
  void everyClientHasAConnectionOfItsOwn() throws Exception {
    List<SocketChannel> clients = new ArrayList<>();
    List<SocketChannel> accepted = new ArrayList<>();
    try (UnixServer server = UnixServer.listen(path)) {
      for (int i = 0; i < 3; i++) {
        clients.add(UnixClient.connect(path).toChannel());
        accepted.add(server.accept().toChannel());
      }
      for (int i : new int[] {2, 0, 1}) {
        write(clients.get(i), "question " + i);
        assertEquals("question " + i, read(accepted.get(i)));
        write(accepted.get(i), "answer " + i);
        assertEquals("answer " + i, read(clients.get(i)));
      }
      clients.get(1).close();
      assertEquals("end", read(accepted.get(1)));
      write(clients.get(0), "not ended");
      assertEquals("not ended", read(accepted.get(0)));
    } finally {
      for (SocketChannel channel : clients) {
        channel.close();
      }
      for (SocketChannel channel : accepted) {
        channel.close();
      }
    }
  }

  /** The client is another program, and says nothing about itself. */
  @Test
  void theServerKnowsWhichProcessConnected() throws Exception {
    try (UnixServer server = UnixServer.listen(path)) {
      Peers.Peer peer =
          Peers.start(
              posix,
              folder,
              """
              s = socket.socket(socket.AF_UNIX)
              s.connect(sys.argv[1])
              s.recv(1)
              print(os.getuid(), os.getgid())
              """,
              List.of(path.toString()));
      try (UnixConnection client = server.accept()) {
        assertEquals(peer.pid(), client.peer().pid());
        client.take().close();
        assertEquals(peer.end(), client.peer().uid() + " " + client.peer().gid());
      }
    }
  }

  @Test
  void theServerKnowsTheUserOfAClient() throws Exception {
    assumeTrue(Peers.ROOT, "only root can start a process of another user");
    UnixAddress name = Peers.abstractName();
    try (UnixServer server = UnixServer.listen(name, UnixServer.Options.DEFAULT)) {
      Peers.Peer peer =
          Peers.start(
              posix,
              folder,
              """
              os.setgroups([]); os.setgid(65534); os.setuid(65534)
              socket.socket(socket.AF_UNIX).connect('\\0' + sys.argv[1])
              """,
              List.of(name.toString().substring(1)));
      try (UnixConnection client = server.accept()) {
        assertEquals(new PeerCredentials(peer.pid(), Peers.NOBODY, Peers.NOBODY), client.peer());
      }
      peer.end();
    }
  }

  @Test
  void thePermissionsOfTheFileDecideWhoMayConnect() throws Exception {
    assumeTrue(Peers.ROOT, "only root can start a process of another user");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Path open = folder.resolve("open");
    UnixServer.Options everybody = UnixServer.Options.DEFAULT.withPermissions(0666);
    try (UnixServer ours = UnixServer.listen(path);
        UnixServer theirs = UnixServer.listen(UnixAddress.of(open), everybody)) {
      Peers.Peer peer =
          Peers.start(
              posix,
              folder,
              """
              os.setgroups([]); os.setgid(65534); os.setuid(65534)
              for name in sys.argv[1:]:
                  try:
                      socket.socket(socket.AF_UNIX).connect(name)
                      print('connected', end=' ')
                  except PermissionError:
                      print('refused', end=' ')
              """,
              List.of(path.toString(), open.toString()));
      assertEquals("refused connected", peer.end());
      assertEquals(Optional.empty(), ours.accept(Duration.ZERO));
      theirs.accept().close();
    }
  }

  @Test
  void theClientKnowsWhoListens() throws Exception {
    try (UnixServer server = UnixServer.listen(path);
        UnixConnection client = UnixClient.connect(path)) {
      assertEquals(ProcessHandle.current().pid(), client.peer().pid());
      server.accept().close();
    }
  }

  @Test
  void packetsHaveConnectionsToo() throws Exception {
    UnixAddress name = UnixAddress.of(path);
    UnixServer.Options packets = UnixServer.Options.DEFAULT.withType(SocketType.SEQPACKET);
    try (UnixServer server = UnixServer.listen(name, packets);
        UnixConnection client = UnixClient.connect(name, SocketType.SEQPACKET, Duration.ZERO);
        UnixConnection accepted = server.accept()) {
      assertEquals(client.peer(), accepted.peer());
      assertThrows(IllegalStateException.class, accepted::toChannel);
      assertThrows(IllegalStateException.class, server::toChannel);
      UnixSocketException stream =
          assertThrows(UnixSocketException.class, () -> UnixClient.connect(path).close());
      assertEquals(Errno.EPROTOTYPE, stream.errno());
    }
  }

  @Test
  void aClientWaitsWhileTheQueueIsFull() throws Exception {
    UnixAddress name = UnixAddress.of(path);
    List<UnixConnection> clients = new ArrayList<>();
    try (UnixServer server = UnixServer.listen(name, UnixServer.Options.DEFAULT.withBacklog(1))) {
      Duration aMoment = Duration.ofMillis(20);
      UnixSocketException full =
          assertThrows(
              UnixSocketException.class,
              () -> {
                for (int i = 0; i < 100; i++) {
                  clients.add(UnixClient.connect(name, SocketType.STREAM, aMoment));
                }
              });
      assertEquals(Errno.ETIMEDOUT, full.errno());
      CompletableFuture<UnixConnection> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return UnixClient.connect(path);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      for (int i = 0; i < clients.size() + 1; i++) {
        server.accept().close();
      }
      waiting.get().close();
      assertEquals(Optional.empty(), server.accept(Duration.ZERO));
    } finally {
      clients.forEach(UnixConnection::close);
    }
  }

  @Test
  void aServerCanBecomeAChannelOfTheJdk() throws Exception {
    try (ServerSocketChannel server = UnixServer.listen(path).toChannel();
        SocketChannel client = UnixClient.connect(path).toChannel();
        SocketChannel accepted = server.accept()) {
      write(client, "hello");
      assertEquals("hello", read(accepted));
    }
  }

  @Test
  void aCloseEndsTheWaitForClientsAndLeavesConnections() throws Exception {
    UnixServer server = UnixServer.listen(path);
    try (SocketChannel client = UnixClient.connect(path).toChannel();
        SocketChannel accepted = server.accept().toChannel()) {
      long before = Peers.waits();
      CompletableFuture<UnixConnection> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return server.accept();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      // The accept above found its client there, so that this wait is the first.
      Peers.awaitWaits(before + 1);
      server.close();
      server.close();
      ExecutionException ended = assertThrows(ExecutionException.class, waiting::get);
      assertTrue(ended.getCause().getCause() instanceof ClosedChannelException);
      write(client, "still here");
      assertEquals("still here", read(accepted));
    }
  }
}
