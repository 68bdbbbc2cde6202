package dev.baton.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
@SuppressWarnings("try") // closing early is part of what is tested
class SocketCallsTest {
  private static final byte[] HI = {'h', 'i'};

  private final Posix posix = Posix.system();

  private OwnedFd socket(int domain, int type) throws SysException {
    return OwnedFd.of(posix, posix.socket(domain, type, 0), "test");
  }

  static void assertFails(String call, Errno errno, Executable action) {
    SysException e = assertThrows(SysException.class, action);
    assertEquals(call + " " + errno, e.call() + " " + e.errno());
    assertTrue(e.getMessage().startsWith(call + " failed: " + errno.name() + " ("), e.getMessage());
  }

  @Test
  void socketpairKeepsMessagesApartAndEndsWithZero() throws Exception {
    FdPair pair = posix.socketpair(Constants.SOCK_SEQPACKET);
    try (OwnedFd a = OwnedFd.of(posix, pair.first(), "a");
        OwnedFd b = OwnedFd.of(posix, pair.second(), "b")) {
      MessageBuffer buffer = new MessageBuffer(16, 1);
      buffer.put(HI, 2);
      assertEquals(2, posix.sendmsg(pair.first(), buffer, 0));
      buffer.put(HI, 1);
      assertEquals(1, posix.sendmsg(pair.first(), buffer, 0));
      assertEquals(2, posix.recvmsg(pair.second(), buffer, 0));
      assertArrayEquals(HI, buffer.bytes(2));
      assertEquals(1, posix.recvmsg(pair.second(), buffer, 0));
      assertEquals(Posix.WOULD_BLOCK, posix.recvmsg(pair.second(), buffer, Constants.MSG_DONTWAIT));
      a.close();
      assertEquals(0, posix.recvmsg(pair.second(), buffer, 0));
      buffer.put(HI, 2);
      assertFails("sendmsg", Errno.EPIPE, () -> posix.sendmsg(pair.second(), buffer, 0));
      assertTrue(b.isOpen());
    }
  }

  @Test
  void aFullSocketWouldBlock() throws Exception {
    FdPair pair = posix.socketpair(Constants.SOCK_SEQPACKET);
    try (OwnedFd a = OwnedFd.of(posix, pair.first(), "a");
        OwnedFd b = OwnedFd.of(posix, pair.second(), "b")) {
      MessageBuffer buffer = new MessageBuffer(4096, 1);
      buffer.put(new byte[4096], 4096);
      int sent = 0;
      while (a.<Integer, SysException>borrow(n -> posix.sendmsg(n, buffer, Constants.MSG_DONTWAIT))
          != Posix.WOULD_BLOCK) {
        sent++;
        assertTrue(sent < 10_000, "never full");
      }
      assertTrue(sent > 2, "only " + sent + " fit");
      assertTrue(b.isOpen());
    }
  }

  @Test
  void listensAcceptsAndConnectsOverTcp() throws Exception {
    for (String host : new String[] {"127.0.0.1", "::1"}) {
      InetAddress loopback = InetAddress.getByName(host);
      int domain = host.contains(":") ? Constants.AF_INET6 : Constants.AF_INET;
      try (OwnedFd listener = socket(domain, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK);
          OwnedFd client = socket(domain, Constants.SOCK_STREAM)) {
        listener.use(n -> posix.bind(n, SockAddr.inet(loopback, 0)));
        listener.use(n -> posix.listen(n, 16));
        SockAddr bound = listener.borrow(posix::getsockname);
        assertEquals(domain, bound.family());
        assertEquals(loopback, bound.host());
        assertNotEquals(0, bound.port());
        assertEquals(Posix.WOULD_BLOCK, listener.<Integer, SysException>borrow(posix::accept4));
        assertEquals(0, client.<Integer, SysException>borrow(n -> posix.connect(n, bound)));
        try (OwnedFd accepted = OwnedFd.of(posix, listener.borrow(posix::accept4), "accepted")) {
          int flags = accepted.borrow(posix::statusFlags);
          assertEquals(Constants.O_NONBLOCK, flags & Constants.O_NONBLOCK);
          assertEquals(
              Posix.WOULD_BLOCK,
              accepted.<Integer, SysException>borrow(n -> posix.read(n, new byte[1])));
          accepted.use(n -> posix.shutdown(n, Constants.SHUT_WR));
          assertEquals(0, client.<Integer, SysException>borrow(n -> posix.read(n, new byte[1])));
        }
      }
    }
  }

  @Test
  void aConnectThatOnlyBeginsWouldBlock() throws Exception {
    try (OwnedFd listener = socket(Constants.AF_INET, Constants.SOCK_STREAM);
        OwnedFd client =
            socket(Constants.AF_INET, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK)) {
      listener.use(n -> posix.bind(n, SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0)));
      listener.use(n -> posix.listen(n, 1));
      SockAddr bound = listener.borrow(posix::getsockname);
      assertEquals(
          Posix.WOULD_BLOCK, client.<Integer, SysException>borrow(n -> posix.connect(n, bound)));
      assertEquals(0, client.<Integer, SysException>borrow(n -> soError(n)));
    }
  }

  private int soError(int n) throws SysException {
    return posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_ERROR);
  }

  @Test
  void namesTheCallAndErrno() throws Exception {
    SockAddr loopback = SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0);
    try (OwnedFd listener = socket(Constants.AF_INET, Constants.SOCK_STREAM);
        OwnedFd other = socket(Constants.AF_INET, Constants.SOCK_STREAM)) {
      listener.use(n -> posix.bind(n, loopback));
      listener.use(n -> posix.listen(n, 1));
      SockAddr bound = listener.borrow(posix::getsockname);
      assertFails("bind", Errno.EADDRINUSE, () -> other.use(n -> posix.bind(n, bound)));
      assertFails("accept4", Errno.EINVAL, () -> other.borrow(posix::accept4));
      assertFails("shutdown", Errno.ENOTCONN, () -> other.use(n -> posix.shutdown(n, 1)));
      listener.close();
      assertFails("connect", Errno.ECONNREFUSED, () -> other.borrow(n -> posix.connect(n, bound)));
      assertFails(
          "setsockopt", Errno.ENOPROTOOPT, () -> other.use(n -> posix.setsockopt(n, 1, 9999, 1)));
      assertFails(
          "getsockopt", Errno.ENOPROTOOPT, () -> other.borrow(n -> posix.getsockopt(n, 1, 9999)));
    }
    assertFails("socket", Errno.EAFNOSUPPORT, () -> posix.socket(99, Constants.SOCK_STREAM, 0));
    assertFails("socketpair", Errno.EINVAL, () -> posix.socketpair(99));
    assertFails("listen", Errno.EBADF, () -> posix.listen(-1, 1));
    assertFails("getsockname", Errno.EBADF, () -> posix.getsockname(-1));
    assertFails("recvmsg", Errno.EBADF, () -> posix.recvmsg(-1, new MessageBuffer(1, 1), 0));
  }

  @Test
  void socketOptionsAreReadBack() throws Exception {
    try (OwnedFd a = socket(Constants.AF_INET, Constants.SOCK_STREAM);
        OwnedFd b = socket(Constants.AF_INET, Constants.SOCK_STREAM);
        OwnedFd copy = a.duplicate("copy")) {
      a.use(n -> posix.setsockopt(n, Constants.SOL_SOCKET, Constants.SO_KEEPALIVE, 1));
      assertEquals(1, a.<Integer, SysException>borrow(n -> option(n, Constants.SO_KEEPALIVE)));
      assertEquals(0, b.<Integer, SysException>borrow(n -> option(n, Constants.SO_KEEPALIVE)));
      assertEquals(
          Constants.SOCK_STREAM,
          a.<Integer, SysException>borrow(n -> option(n, Constants.SO_TYPE)));
      assertEquals(0, a.<Integer, SysException>borrow(n -> option(n, Constants.SO_ACCEPTCONN)));
      long cookie = a.borrow(posix::socketCookie);
      assertNotEquals(0, cookie);
      assertEquals(cookie, copy.<Long, SysException>borrow(posix::socketCookie));
      assertNotEquals(cookie, b.<Long, SysException>borrow(posix::socketCookie));
    }
  }

  private int option(int n, int option) throws SysException {
    return posix.getsockopt(n, Constants.SOL_SOCKET, option);
  }

  @Test
  void aUnixListenerHasPathModeAndPeerCredentials(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("s");
    try (OwnedFd listener = socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET);
        OwnedFd client = socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET)) {
      assertEquals("", client.<SockAddr, SysException>borrow(posix::getsockname).path());
      listener.use(n -> posix.fchmod(n, 0600));
      listener.use(n -> posix.bind(n, SockAddr.unix(path.toString())));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      listener.use(n -> posix.listen(n, 1));
      assertEquals(
          path.toString(), listener.<SockAddr, SysException>borrow(posix::getsockname).path());
      client.borrow(n -> posix.connect(n, SockAddr.unix(path.toString())));
      try (OwnedFd accepted = OwnedFd.of(posix, listener.borrow(posix::accept4), "accepted")) {
        PeerCredentials peer = accepted.borrow(posix::peerCredentials);
        assertEquals(ProcessHandle.current().pid(), peer.pid());
        assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), peer.uid());
        assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:gid"), peer.gid());
      }
    }
  }

  @Test
  void aPathHasItsLimit() {
    assertEquals("x".repeat(107), SockAddr.unix("x".repeat(107)).path());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SockAddr.unix("ü".repeat(54)));
    assertTrue(e.getMessage().contains("108 bytes; a socket's path has at most 107"), e.toString());
  }
}
