package dev.baton.fd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
class AdoptionTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;

  private OwnedFd listener(String kind) throws IOException {
    SockAddr address =
        kind.equals("unix")
            ? SockAddr.unix(folder.resolve("s").toString())
            : SockAddr.inet(InetAddress.getByName(kind), 0);
    int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
    int family = address.family();
    OwnedFd fd = OwnedFd.of(posix, posix.socket(family, type, 0), "listener:" + kind);
    fd.use(n -> posix.bind(n, address));
    fd.use(n -> posix.listen(n, 16));
    return fd;
  }

  private static SocketAddress address(OwnedFd fd, Posix posix) throws SysException {
    SockAddr bound = fd.borrow(posix::getsockname);
    return bound.family() == Constants.AF_UNIX
        ? UnixDomainSocketAddress.of(bound.path())
        : new InetSocketAddress(bound.host(), bound.port());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
  void aListenerServesAndItsCloseLeavesOtherCopiesListening(String kind) throws Exception {
    try (OwnedFd kept = listener(kind)) {
      SocketAddress address = address(kept, posix);
      ServerSocketChannel server = Adoption.serverSocket(kept.duplicate("lent"));
      assertEquals(address, server.getLocalAddress());
      exchange(address, server);
      server.close();
      // Still accepts into the queue, and the copy that was kept takes it.
      try (SocketChannel client = SocketChannel.open(address);
          OwnedFd accepted = OwnedFd.of(posix, kept.borrow(posix::accept4), "accepted")) {
        assertTrue(client.isConnected());
        assertTrue(accepted.isOpen());
      }
    }
  }

  private static void exchange(SocketAddress address, ServerSocketChannel server)
      throws IOException {
    try (SocketChannel client = SocketChannel.open(address);
        SocketChannel accepted = server.accept()) {
      assertNotNull(accepted, "a blocking accept returns a connection");
      client.write(ByteBuffer.wrap("ping".getBytes(UTF_8)));
      assertEquals("ping", read(accepted, 4));
    }
  }

  private static String read(SocketChannel channel, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      continue;
    }
    return new String(buffer.array(), 0, buffer.position(), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
  void aConnectionIsReadAndWritten(String kind) throws Exception {
    try (OwnedFd listener = listener(kind);
        SocketChannel client = SocketChannel.open(address(listener, posix))) {
      OwnedFd accepted = OwnedFd.of(posix, listener.borrow(posix::accept4), "connection");
      try (SocketChannel channel = Adoption.socket(accepted)) {
        assertFalse(accepted.isOpen());
        assertEquals("connection (given to a SocketChannel)", accepted.toString());
        assertTrue(channel.isConnected());
        assertEquals(client.getRemoteAddress(), channel.getLocalAddress());
        assertEquals(client.getLocalAddress(), channel.getRemoteAddress());
        client.write(ByteBuffer.wrap("question".getBytes(UTF_8)));
        assertEquals("question", read(channel, 8));
        channel.write(ByteBuffer.wrap("answer".getBytes(UTF_8)));
        assertEquals("answer", read(client, 6));
      }
      assertEquals("", read(client, 1), "end-of-file after the only copy was closed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "unix"})
  void aSelectorTakesAdoptedChannels(String kind) throws Exception {
    try (OwnedFd kept = listener(kind);
        ServerSocketChannel server = Adoption.serverSocket(kept.duplicate("lent"));
        Selector selector = Selector.open();
        SocketChannel client = SocketChannel.open(address(kept, posix))) {
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      assertEquals(1, selector.select(10_000));
      OwnedFd accepted = OwnedFd.of(posix, kept.borrow(posix::accept4), "connection");
      try (SocketChannel channel = Adoption.socket(accepted)) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        client.write(ByteBuffer.wrap(new byte[] {'x'}));
        selector.selectedKeys().clear();
        assertEquals(1, selector.select(10_000));
        assertEquals("x", read(channel, 1));
      }
    }
  }

  @Test
  void aChannelClosesItsNumberOnce() throws Exception {
    try (OwnedFd kept = listener("127.0.0.1")) {
      OwnedFd lent = kept.duplicate("lent");
      int number = lent.numberDoNotKeep();
      ServerSocketChannel server = Adoption.serverSocket(lent);
      server.close();
      try (OwnedFd newcomer = kept.duplicate("newcomer")) {
        assertEquals(number, newcomer.numberDoNotKeep(), "numbers are used again");
        server.close();
        lent.close();
        System.gc();
        assertEquals(
            1, newcomer.<Integer, SysException>borrow(n -> option(n, Constants.SO_ACCEPTCONN)));
      }
    }
  }

  private int option(int n, int option) throws SysException {
    return posix.getsockopt(n, Constants.SOL_SOCKET, option);
  }

  private OwnedFd file(Path path, int flags) throws SysException {
    return OwnedFd.of(posix, posix.open(path.toString(), flags, 0600), "file");
  }

  @Test
  void aFileIsReadAndWritten() throws Exception {
    Path path = Files.writeString(folder.resolve("f"), "0123456789");
    try (FileChannel channel = Adoption.file(file(path, Constants.O_RDWR), true, true)) {
      ByteBuffer three = ByteBuffer.allocate(3);
      channel.read(three);
      assertEquals("012", new String(three.array(), UTF_8));
      channel.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
      assertEquals(6, channel.position());
      channel.force(true);
    }
    assertEquals("012abc6789", Files.readString(path));
  }

  @Test
  void rightsAreTheSenders() throws Exception {
    Path path = Files.writeString(folder.resolve("f"), "text");
    try (FileChannel reader = Adoption.file(file(path, Constants.O_RDONLY), true, false);
        FileChannel writer = Adoption.file(file(path, Constants.O_WRONLY), false, true)) {
      assertThrows(NonWritableChannelException.class, () -> reader.write(ByteBuffer.allocate(1)));
      assertThrows(NonReadableChannelException.class, () -> writer.read(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void anAppendFileIsAppendedTo() throws Exception {
    Path path = Files.writeString(folder.resolve("log"), "old\n");
    Path source = Files.writeString(folder.resolve("source"), "moved\n");
    OwnedFd fd = file(path, Constants.O_WRONLY | Constants.O_APPEND);
    try (FileChannel log = Adoption.file(fd, false, true);
        FileChannel from = FileChannel.open(source)) {
      log.write(ByteBuffer.wrap("new\n".getBytes(UTF_8)));
      log.position(0);
      log.write(ByteBuffer.wrap("newer\n".getBytes(UTF_8)));
      assertEquals(6, from.transferTo(0, 6, log));
    }
    assertEquals("old\nnew\nnewer\nmoved\n", Files.readString(path));
  }

  @Test
  void aFileChannelClosesItsNumber() throws Exception {
    Path path = Files.writeString(folder.resolve("f"), "text");
    OwnedFd fd = file(path, Constants.O_RDONLY);
    int number = fd.numberDoNotKeep();
    try (FileChannel channel = Adoption.file(fd, true, false)) {
      assertTrue(channel.isOpen());
    }
    assertThrows(SysException.class, () -> posix.statusFlags(number));
  }

  @Test
  void whatIsNoSocketIsClosedAndRefused() throws Exception {
    OwnedFd file = file(Files.createFile(folder.resolve("f")), Constants.O_RDONLY);
    assertThrows(IOException.class, () -> Adoption.serverSocket(file));
    assertFalse(file.isOpen());
    OwnedFd event = OwnedFd.of(posix, posix.eventfd(), "event");
    assertThrows(IOException.class, () -> Adoption.socket(event));
    assertFalse(event.isOpen());
    assertThrows(IllegalStateException.class, () -> Adoption.socket(event));
  }

  @Test
  void aSocketThatIsNotConnectedIsClosedAndRefused() throws Exception {
    OwnedFd fd =
        OwnedFd.of(posix, posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0), "idle");
    assertThrows(IOException.class, () -> Adoption.socket(fd));
    assertFalse(fd.isOpen());
  }
}
