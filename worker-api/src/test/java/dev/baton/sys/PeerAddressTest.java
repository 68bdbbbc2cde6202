package dev.baton.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.Allocations;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who connected, as accept4 tells it. */
@ExtendWith(FdLeakCheck.class)
class PeerAddressTest {
  private static final int LISTENING = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;

  private final Posix posix = Posix.system();
  private final PeerAddress peer = new PeerAddress();

  private OwnedFd socket(int domain, int type) throws SysException {
    return OwnedFd.of(posix, posix.socket(domain, type, 0), "test");
  }

  private OwnedFd listener(SockAddr address) throws SysException {
    OwnedFd fd = socket(address.family(), LISTENING);
    fd.use(n -> posix.bind(n, address));
    fd.use(n -> posix.listen(n, 16));
    return fd;
  }

  private OwnedFd accept(OwnedFd listener) throws SysException {
    return OwnedFd.of(
        posix, listener.<Integer, SysException>borrow(n -> posix.accept4(n, peer)), "accepted");
  }

  private String text() {
    byte[] target = new byte[5 + PeerAddress.TEXT_MAX];
    return new String(target, 5, peer.text(target, 5), US_ASCII);
  }

  @Test
  void thereIsNoneAtFirst() {
    assertEquals("0 0 0 0", describe());
    assertEquals("", text());
    assertEquals("none", peer.toString());
    assertEquals("", peer.toSockAddr().path());
  }

  private String describe() {
    return peer.family() + " " + peer.port() + " " + peer.high() + " " + peer.low();
  }

  @Test
  void overIpv4AndIpv6() throws Exception {
    for (String host : new String[] {"127.0.0.1", "::1"}) {
      InetAddress loopback = InetAddress.getByName(host);
      try (OwnedFd listener = listener(SockAddr.inet(loopback, 0));
          OwnedFd client = socket(SockAddr.inet(loopback, 0).family(), Constants.SOCK_STREAM)) {
        assertEquals(
            Posix.WOULD_BLOCK, listener.<Integer, SysException>borrow(n -> posix.accept4(n, peer)));
        SockAddr bound = listener.borrow(posix::getsockname);
        client.borrow(n -> posix.connect(n, bound));
        try (OwnedFd accepted = accept(listener)) {
          assertTrue(accepted.borrow(posix::closeOnExec));
          assertEquals(
              Constants.O_NONBLOCK,
              accepted.<Integer, SysException>borrow(posix::statusFlags) & Constants.O_NONBLOCK);
        }
        SockAddr local = client.borrow(posix::getsockname);
        boolean six = host.equals("::1");
        long low = six ? 1 : 0x7f000001;
        assertEquals(local.family() + " " + local.port() + " 0 " + low, describe());
        assertEquals((six ? "[::1]:" : "127.0.0.1:") + local.port(), text());
        assertEquals(text(), peer.toString());
        assertEquals(local.host(), peer.toSockAddr().host());
        assertEquals(local.port(), peer.toSockAddr().port());
      }
    }
  }

  @Test
  void anIpv4ClientOfAnIpv6SocketLooksTheSame() throws Exception {
    try (OwnedFd listener = socket(Constants.AF_INET6, LISTENING);
        OwnedFd client = socket(Constants.AF_INET, Constants.SOCK_STREAM)) {
      listener.use(n -> posix.setsockopt(n, Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 0));
      listener.use(n -> posix.bind(n, SockAddr.inet(InetAddress.getByName("::"), 0)));
      listener.use(n -> posix.listen(n, 1));
      int port = listener.<SockAddr, SysException>borrow(posix::getsockname).port();
      SockAddr server = SockAddr.inet(InetAddress.getByName("127.0.0.1"), port);
      client.borrow(n -> posix.connect(n, server));
      accept(listener).close();
      int from = client.<SockAddr, SysException>borrow(posix::getsockname).port();
      assertEquals(Constants.AF_INET + " " + from + " 0 " + 0x7f000001L, describe());
      assertEquals("127.0.0.1:" + from, text());
      assertEquals(Constants.AF_INET6, peer.toSockAddr().family());
    }
  }

  /** A client by IP before must not shine through. */
  @Test
  void aUnixClientHasNoneOrAName(@TempDir Path folder) throws Exception {
    overIpv4AndIpv6();
    SockAddr path = SockAddr.unix(folder.resolve("s").toString());
    SockAddr mine = SockAddr.abstractName("baton-test-" + ProcessHandle.current().pid());
    try (OwnedFd listener = listener(path);
        OwnedFd unnamed = socket(Constants.AF_UNIX, Constants.SOCK_STREAM);
        OwnedFd named = socket(Constants.AF_UNIX, Constants.SOCK_STREAM)) {
      unnamed.borrow(n -> posix.connect(n, path));
      accept(listener).close();
      assertEquals(Constants.AF_UNIX + " 0 0 0", describe());
      assertEquals("", text());
      assertEquals("unix", peer.toString());
      assertEquals("", peer.toSockAddr().path());
      assertNull(peer.toSockAddr().abstractName());

      named.use(n -> posix.bind(n, mine));
      named.borrow(n -> posix.connect(n, path));
      accept(listener).close();
      assertEquals(Constants.AF_UNIX + " 0 0 0", describe());
      assertEquals("", text());
      assertEquals(mine.abstractName(), peer.toSockAddr().abstractName());
    }
  }

  @Test
  void acceptingAndLookingAllocateNothing() throws Throwable {
    byte[] text = new byte[PeerAddress.TEXT_MAX];
    SockAddr loopback = SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0);
    try (OwnedFd listener = listener(loopback);
        OwnedFd clients = socket(Constants.AF_INET, LISTENING)) {
      SockAddr bound = listener.borrow(posix::getsockname);
      clients.borrow(n -> posix.connect(n, bound));
      accept(listener).close();
      int n = listener.numberDoNotKeep();
      long[] seen = new long[1];
      double none = Allocations.each(20_000, () -> posix.accept4(n, peer));
      double look =
          Allocations.each(20_000, () -> seen[0] += peer.text(text, 0) + peer.low() + peer.port());
      assertEquals(0, none + look, 0.5, none + " and " + look + " bytes");
      assertEquals(0, seen[0], "the accepts that found nothing cleared the address");
    }
  }

  @Test
  void acceptedConnectionsAllocateNothing() throws Throwable {
    SockAddr loopback = SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0);
    int batch = 64;
    int[] accepted = new int[batch];
    long[] allocated = new long[1];
    try (OwnedFd listener = listener(loopback)) {
      listener.use(n -> posix.listen(n, batch));
      SockAddr bound = listener.borrow(posix::getsockname);
      int l = listener.numberDoNotKeep();
      for (int round = 0; round < 40; round++) {
        OwnedFd[] clients = new OwnedFd[batch];
        for (int i = 0; i < batch; i++) {
          clients[i] = socket(Constants.AF_INET, Constants.SOCK_STREAM);
          clients[i].borrow(n -> posix.connect(n, bound));
        }
        long bytes = Allocations.of(() -> acceptAll(l, accepted));
        allocated[0] = round < 20 ? 0 : allocated[0] + bytes;
        for (OwnedFd client : clients) {
          client.close();
        }
      }
      double each = allocated[0] / (20.0 * batch);
      assertEquals(0, each, 1, each + " bytes for a connection");
    }
  }

  private void acceptAll(int listener, int[] accepted) throws SysException {
    for (int i = 0; i < accepted.length; i++) {
      accepted[i] = posix.accept4(listener, peer);
      if (peer.low() != 0x7f000001) {
        throw new AssertionError("not from loopback");
      }
      posix.close(accepted[i]);
    }
  }
}
