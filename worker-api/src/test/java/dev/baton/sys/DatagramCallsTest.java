package dev.baton.sys;

import static dev.baton.sys.SocketCallsTest.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class DatagramCallsTest {
  private static final int TYPE = Constants.SOCK_DGRAM | Constants.SOCK_NONBLOCK;

  private final Posix posix = Posix.system();
  private final PeerAddress from = new PeerAddress();
  private final byte[] target = new byte[16];

  private OwnedFd bound(SockAddr address) throws SysException {
    OwnedFd fd = socket(address.family());
    fd.use(n -> posix.bind(n, address));
    return fd;
  }

  private OwnedFd socket(int domain) throws SysException {
    return OwnedFd.of(posix, posix.socket(domain, TYPE, 0), "test");
  }

  private int send(OwnedFd fd, String text, SockAddr to) throws SysException {
    byte[] bytes = text.getBytes(UTF_8);
    return fd.<Integer, SysException>borrow(n -> posix.sendto(n, bytes, bytes.length, 0, to));
  }

  private int receive(OwnedFd fd, int flags) throws SysException {
    return fd.<Integer, SysException>borrow(
        n -> posix.recvfrom(n, target, target.length, flags, from));
  }

  private String received(OwnedFd fd) throws SysException {
    int length = receive(fd, 0);
    return length < 0 ? "none" : new String(target, 0, length, UTF_8);
  }

  @Test
  void udpBothWays() throws Exception {
    for (String host : new String[] {"127.0.0.1", "::1"}) {
      SockAddr any = SockAddr.inet(InetAddress.getByName(host), 0);
      try (OwnedFd server = bound(any);
          OwnedFd client = bound(any)) {
        SockAddr to = server.borrow(posix::getsockname);
        assertEquals("none", received(server));
        assertEquals(5, send(client, "hello", to));
        assertEquals(5, server.<Integer, SysException>borrow(posix::queuedBytes));
        assertEquals(0, send(client, "", to));
        assertEquals("hello", received(server));
        assertEquals(client.<SockAddr, SysException>borrow(posix::getsockname).port(), from.port());
        assertEquals(2, send(server, "hi", from.toSockAddr()));
        assertEquals("hi", received(client));
        assertEquals("", received(server));
        assertEquals("none", received(server));
      }
    }
  }

  @Test
  void aCutDatagramTellsItsLength() throws Exception {
    SockAddr any = SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0);
    try (OwnedFd server = bound(any);
        OwnedFd client = bound(any)) {
      SockAddr to = server.borrow(posix::getsockname);
      client.borrow(n -> posix.connect(n, to));
      String text = "x".repeat(40);
      assertEquals(40, send(client, text, null));
      assertEquals(40, send(client, text, null));
      target[15] = 'y';
      int two = server.<Integer, SysException>borrow(n -> posix.recvfrom(n, target, 2, 0, from));
      assertEquals(2, two);
      assertEquals("xx", new String(target, 0, 2, UTF_8));
      assertEquals(0, target[2]);
      assertEquals('y', target[15]);
      assertEquals(40, receive(server, Constants.MSG_TRUNC));
      assertArrayEquals("x".repeat(16).getBytes(UTF_8), target);
    }
  }

  /** Larger than the memory that is kept for data. */
  @Test
  void aLargeDatagram(@TempDir Path folder) throws Exception {
    SockAddr path = SockAddr.unix(folder.resolve("s").toString());
    byte[] sent = new byte[100_000];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 7);
    }
    try (OwnedFd server = bound(path);
        OwnedFd client = socket(Constants.AF_UNIX)) {
      client.borrow(n -> posix.sendto(n, sent, sent.length, 0, path));
      byte[] got = new byte[sent.length + 1];
      int length =
          server.<Integer, SysException>borrow(n -> posix.recvfrom(n, got, got.length, 0, from));
      assertEquals(sent.length, length);
      got[sent.length] = 0;
      assertArrayEquals(Arrays.copyOf(sent, got.length), got);
    }
  }

  @Test
  void unixSendersHaveAPathANameOrNone(@TempDir Path folder) throws Exception {
    SockAddr path = SockAddr.unix(folder.resolve("server").toString());
    SockAddr mine = SockAddr.unix(folder.resolve("client").toString());
    SockAddr name = SockAddr.abstractName("baton-ü-" + ProcessHandle.current().pid());
    try (OwnedFd server = bound(path);
        OwnedFd unnamed = socket(Constants.AF_UNIX);
        OwnedFd named = bound(mine);
        OwnedFd secret = bound(name)) {
      send(named, "1", path);
      send(unnamed, "2", path);
      send(secret, "3", path);
      assertEquals("1", received(server));
      assertEquals(mine.path(), from.toSockAddr().path());
      send(server, "back", from.toSockAddr());
      assertEquals("back", received(named));
      assertEquals("2", received(server));
      assertEquals("", from.toSockAddr().path());
      assertEquals("3", received(server));
      assertEquals(name.abstractName(), from.toSockAddr().abstractName());
      send(server, "back", from.toSockAddr());
      assertEquals("back", received(secret));
    }
  }

  @Test
  void aFullReceiverWouldBlock(@TempDir Path folder) throws Exception {
    SockAddr path = SockAddr.unix(folder.resolve("s").toString());
    try (OwnedFd server = bound(path);
        OwnedFd client = socket(Constants.AF_UNIX)) {
      int sent = 0;
      while (send(client, "x", path) != Posix.WOULD_BLOCK) {
        sent++;
        assertTrue(sent < 100_000, "never full");
      }
      assertEquals("x", received(server));
    }
  }

  @Test
  void namesTheCallAndErrno() throws Exception {
    byte[] one = {1};
    SockAddr nowhere = SockAddr.abstractName("baton-nobody-" + ProcessHandle.current().pid());
    try (OwnedFd fd = socket(Constants.AF_UNIX)) {
      assertFails("sendto", Errno.ECONNREFUSED, () -> send(fd, "x", nowhere));
      assertFails("sendto", Errno.ENOTCONN, () -> send(fd, "x", null));
    }
    assertFails("sendto", Errno.EBADF, () -> posix.sendto(-1, one, 1, 0, null));
    assertFails("recvfrom", Errno.EBADF, () -> posix.recvfrom(-1, one, 1, 0, from));
    assertFails("ioctl", Errno.EBADF, () -> posix.queuedBytes(-1));
    assertFails("setsockopt", Errno.EBADF, () -> posix.setsockopt(-1, 1, 1, one));
    assertThrows(IndexOutOfBoundsException.class, () -> posix.recvfrom(-1, one, 2, 0, from));
  }

  @Test
  void queuedBytesOfAStreamAreWhatIsNotRead() throws Exception {
    FdPair pair = posix.socketpair(Constants.SOCK_STREAM);
    try (OwnedFd a = OwnedFd.of(posix, pair.first(), "a");
        OwnedFd b = OwnedFd.of(posix, pair.second(), "b")) {
      a.borrow(n -> posix.write(n, new byte[100], 100));
      assertEquals(100, b.<Integer, SysException>borrow(posix::queuedBytes));
      b.borrow(n -> posix.read(n, new byte[40]));
      assertEquals(60, b.<Integer, SysException>borrow(posix::queuedBytes));
    }
  }

  @Test
  void anOptionWithAStructure() throws Exception {
    byte[] linger = new byte[8];
    ByteBuffer.wrap(linger).order(ByteOrder.nativeOrder()).putInt(1).putInt(7);
    try (OwnedFd fd = socket(Constants.AF_INET)) {
      fd.use(n -> posix.setsockopt(n, Constants.SOL_SOCKET, Constants.SO_LINGER, linger));
      byte[] read = new byte[8];
      fd.use(n -> posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_LINGER, read));
      assertArrayEquals(linger, read);
      // ip_mreq: a group, and the interface by its address
      byte[] group = {(byte) 239, 1, 2, 3, 127, 0, 0, 1};
      fd.use(n -> posix.setsockopt(n, Constants.IPPROTO_IP, Constants.IP_ADD_MEMBERSHIP, group));
      assertFails(
          "setsockopt",
          Errno.EADDRINUSE,
          () ->
              fd.use(
                  n ->
                      posix.setsockopt(
                          n, Constants.IPPROTO_IP, Constants.IP_ADD_MEMBERSHIP, group)));
    }
  }

  @Test
  void abstractNamesAndPathsAreToldApart() {
    SockAddr name = SockAddr.abstractName("größe");
    assertEquals("größe", name.abstractName());
    assertEquals("", name.path());
    assertNull(SockAddr.unix("/größe").abstractName());
    assertEquals("x".repeat(107), SockAddr.abstractName("x".repeat(107)).abstractName());
    for (String wrong : new String[] {"", "x".repeat(108), "ü".repeat(54)}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> SockAddr.abstractName(wrong));
      assertTrue(e.getMessage().contains("1 to 107"), e.getMessage());
    }
  }
}
