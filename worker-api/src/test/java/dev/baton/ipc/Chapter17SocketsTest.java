package dev.baton.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Errno;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What APUE says about UNIX-domain sockets and their names (section 17.2), shown to be so here. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Chapter17SocketsTest {
  private static final int S_IFMT = 0170000;
  private static final int S_IFSOCK = 0140000;

  private static final UnixServer.Options AS_BIND_DOES =
      UnixServer.Options.DEFAULT.withReplaceStale(false);

  @TempDir Path folder;
  private Path path;
  private UnixAddress name;

  @BeforeEach
  void choose() {
    path = folder.resolve("socket");
    name = UnixAddress.of(path);
  }

  private static void write(SocketChannel to, String text) throws IOException {
    to.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  private static String read(SocketChannel from) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    int length = from.read(buffer);
    return length < 0 ? "end" : new String(buffer.array(), 0, length, UTF_8);
  }

  private int mode() throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode");
  }

  /** Figure 17.1: a socketpair is a pipe in both directions. */
  @Test
  void aPairIsAPipeInBothDirections() throws Exception {
    try (SocketPair.Ends<SocketChannel> pair = SocketPair.streams()) {
      write(pair.first(), "there");
      assertEquals("there", read(pair.second()));
      write(pair.second(), "and back");
      assertEquals("and back", read(pair.first()));
      pair.first().close();
      assertEquals("end", read(pair.second()));
    }
  }

  @Test
  void bindMakesAFileOfTypeSocket() throws Exception {
    try (UnixServer server = UnixServer.listen(path)) {
      assertEquals(S_IFSOCK, mode() & S_IFMT);
      assertEquals(name, server.address());
    }
  }

  /** The file is only a name: it cannot be opened. */
  @Test
  void theFileCannotBeOpened() throws Exception {
    try (UnixServer server = UnixServer.listen(path)) {
      assertTrue(Files.exists(server.address().path().orElseThrow()));
      assertThrows(IOException.class, () -> Files.newByteChannel(path).close());
    }
  }

  @Test
  void bindFailsWhereTheFileExists() throws Exception {
    try (UnixServer server = UnixServer.listen(name, AS_BIND_DOES)) {
      UnixSocketException taken =
          assertThrows(
              UnixSocketException.class, () -> UnixServer.listen(name, AS_BIND_DOES).close());
      assertEquals(Errno.EADDRINUSE, taken.errno());
      assertEquals(
          "cannot bind " + server.address() + ": bind failed: EADDRINUSE (Address already in use)",
          taken.getMessage());
    }
  }

  /** Closing does not remove the file, and nobody answers there; {@code unlink} makes it free. */
  @Test
  void theFileStaysWhenTheSocketIsClosed() throws Exception {
    UnixServer.listen(path).toChannel().close();
    assertEquals(S_IFSOCK, mode() & S_IFMT);
    UnixSocketException nobody =
        assertThrows(UnixSocketException.class, () -> UnixClient.connect(path).close());
    assertEquals(Errno.ECONNREFUSED, nobody.errno());
    UnixSocketException taken =
        assertThrows(
            UnixSocketException.class, () -> UnixServer.listen(name, AS_BIND_DOES).close());
    assertEquals(Errno.EADDRINUSE, taken.errno());
    Files.delete(path);
    UnixServer.listen(name, AS_BIND_DOES).close();
  }

  /** So the owner removes it. */
  @Test
  void theOwnerUnlinksWhenItCloses() throws Exception {
    UnixServer.listen(path).close();
    assertFalse(Files.exists(path));
    UnixDatagram.bind(path).close();
    assertFalse(Files.exists(path));
  }

  @Test
  void theOwnerLeavesAFileThatIsNoLongerItsOwn() throws Exception {
    UnixServer first = UnixServer.listen(path);
    Files.delete(path);
    try (UnixServer second = UnixServer.listen(path)) {
      first.close();
      try (UnixConnection client = UnixClient.connect(path)) {
        second.accept().close();
        assertEquals(ProcessHandle.current().pid(), client.peer().pid());
      }
    }
  }

  /** Unlinked, the socket lives on: who is connected stays so, and nobody else finds it. */
  @Test
  void withoutItsFileASocketServesOn() throws Exception {
    try (UnixServer server = UnixServer.listen(path);
        SocketChannel client = UnixClient.connect(path).toChannel()) {
      Files.delete(path);
      try (SocketChannel accepted = server.accept().toChannel()) {
        write(client, "still here");
        assertEquals("still here", read(accepted));
      }
      UnixSocketException gone =
          assertThrows(UnixSocketException.class, () -> UnixClient.connect(path).close());
      assertEquals(Errno.ENOENT, gone.errno());
    }
  }

  @Test
  void aStaleFileIsReplaced() throws Exception {
    UnixServer.listen(path).toChannel().close();
    UnixServer.listen(path).close();
    UnixDatagram.bind(path).toChannel().close();
    UnixServer.listen(path).close();
    assertFalse(Files.exists(path));
  }

  @Test
  void aNameInUseIsNotTaken() throws Exception {
    try (UnixServer server = UnixServer.listen(path)) {
      assertTaken("another socket is open there");
      server.accept().close(); // the look whether somebody is there
    }
    try (UnixDatagram datagrams = UnixDatagram.bind(path)) {
      assertEquals(name, datagrams.address());
      assertTaken("another socket is open there");
    }
  }

  @Test
  void whatIsNoSocketIsLeftAlone() throws Exception {
    Files.writeString(path, "precious");
    assertTaken("what is there is no socket, so it is left alone");
    assertEquals("precious", Files.readString(path));
    Files.delete(path);
    Files.createSymbolicLink(path, folder.resolve("elsewhere"));
    assertTaken("what is there is no socket, so it is left alone");
  }

  private void assertTaken(String why) {
    UnixSocketException taken =
        assertThrows(UnixSocketException.class, () -> UnixServer.listen(path).close());
    assertEquals(Errno.EADDRINUSE, taken.errno());
    assertEquals("cannot bind " + path + ": " + why, taken.getMessage());
  }

  @Test
  void theFileHasThePermissionsThatWereAskedFor() throws Exception {
    UnixServer.Options open = UnixServer.Options.DEFAULT.withPermissions(0666);
    try (UnixServer everybody = UnixServer.listen(name, open)) {
      assertEquals(name, everybody.address());
      assertEquals(0666, mode() & 07777, "whatever the umask is");
    }
    try (UnixServer ours = UnixServer.listen(path)) {
      assertEquals(name, ours.address());
      assertEquals(0600, mode() & 07777);
    }
  }

  @Test
  void anAbstractNameIsNoFileAndGoesWithItsSocket() throws Exception {
    UnixAddress hidden = Peers.abstractName();
    try (UnixServer server = UnixServer.listen(hidden, AS_BIND_DOES)) {
      assertTrue(server.address().path().isEmpty());
      UnixClient.connect(hidden, SocketType.STREAM, WaitableFd.FOREVER).close();
      assertThrows(
          UnixSocketException.class, () -> UnixServer.listen(hidden, AS_BIND_DOES).close());
    }
    UnixServer.listen(hidden, AS_BIND_DOES).close();
  }

  @Test
  void aNameOfMoreThanTheAddressHoldsIsRefused() {
    Path tooLong = folder.resolve("x".repeat(108));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> UnixServer.listen(tooLong).close());
    assertTrue(refused.getMessage().contains("a socket's path has at most 107"));
  }
}
