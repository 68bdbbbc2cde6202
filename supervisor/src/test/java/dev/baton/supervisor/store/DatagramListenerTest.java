package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.at;
import static dev.baton.supervisor.store.Fixtures.open;
import static dev.baton.supervisor.store.Fixtures.port;
import static dev.baton.supervisor.store.Fixtures.udp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.fd.FdAction;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.DispatchPolicy;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpOptions;
import dev.baton.supervisor.config.UdpOptions;
import dev.baton.supervisor.config.UnixAddress;
import dev.baton.supervisor.config.UnixDatagramAddress;
import dev.baton.supervisor.config.UnixName;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** UDP, UNIX-domain datagrams, and abstract names. */
@ExtendWith(FdLeakCheck.class)
class DatagramListenerTest {
  @TempDir Path folder;

  private static String text(OwnedFd socket) throws SysException {
    byte[] bytes = new byte[100];
    socket.use(n -> POSIX.poll(n, Constants.POLLIN, 5000));
    int length = socket.borrow(n -> POSIX.read(n, bytes));
    return length == Posix.WOULD_BLOCK
        ? "nothing"
        : new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }

  private static void send(SockAddr to, String text) throws SysException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int type = Constants.SOCK_DGRAM;
    try (OwnedFd client = OwnedFd.of(POSIX, POSIX.socket(to.family(), type, 0), "client")) {
      client.use(n -> POSIX.sendto(n, bytes, bytes.length, 0, to));
    }
  }

  /** A datagram arrives at the store's socket. */
  private static void assertServes(FdStore store, SockAddr to) throws SysException {
    try (OwnedFd lent = store.lend("web")) {
      assertEquals(0, store.queued("web", 0));
      send(to, "hello");
      assertTrue(store.queued("web", 0) > 0);
      assertEquals("hello", text(lent));
    }
  }

  private static int option(OwnedFd socket, int option) throws SysException {
    return socket.borrow(n -> POSIX.getsockopt(n, Constants.SOL_SOCKET, option));
  }

  private static SockAddr inet(String host, int port) throws Exception {
    return SockAddr.inet(InetAddress.getByName(host), port);
  }

  private static String problem(ListenerConfig listener) {
    return assertThrows(StoreException.class, () -> open(listener).close()).getMessage();
  }

  @Test
  void udpOfBothFamilies() throws Exception {
    try (FdStore store = open(udp("web", "127.0.0.1", 0))) {
      assertEquals("udp://127.0.0.1:" + port(store, "web"), Fixtures.address(store, "web"));
      assertServes(store, inet("127.0.0.1", port(store, "web")));
    }
    try (FdStore store = open(udp("web", "*", 0))) {
      assertEquals("udp://[::]:" + port(store, "web"), Fixtures.address(store, "web"));
      assertServes(store, inet("127.0.0.1", port(store, "web")));
      assertServes(store, inet("::1", port(store, "web")));
    }
  }

  @Test
  void udpOptions() throws Exception {
    UdpOptions options = new UdpOptions(true, 100_000, 50_000, true, List.of(), Optional.empty());
    try (FdStore store = open(udp("web", "::", 0, ListenerMode.SHARED, options));
        OwnedFd lent = store.lend("web")) {
      assertEquals(200_000, option(lent, Constants.SO_RCVBUF));
      assertEquals(100_000, option(lent, Constants.SO_SNDBUF));
      assertEquals(1, option(lent, Constants.SO_REUSEADDR));
      assertEquals(0, option(lent, Constants.SO_REUSEPORT));
      send(inet("127.0.0.1", port(store, "web")), "not for us");
      assertServes(store, inet("::1", port(store, "web")));
      assertTrue((lent.borrow(POSIX::statusFlags) & Constants.O_NONBLOCK) != 0);
      assertTrue(lent.borrow(POSIX::closeOnExec));
    }
  }

  @Test
  void aTakenUdpPort() throws Exception {
    try (FdStore store = open(udp("web", "127.0.0.1", 0))) {
      int port = port(store, "web");
      assertEquals(
          "listener dns: udp://127.0.0.1:"
              + port
              + ": bind failed: EADDRINUSE (Address already in use): another process receives"
              + " there",
          problem(udp("dns", "127.0.0.1", port)));
    }
  }

  private static UdpOptions joined(String group) {
    return new UdpOptions(true, 0, 0, false, List.of(group), Optional.of("lo"));
  }

  @Test
  void multicastIsReceived() throws Exception {
    InetAddress group = InetAddress.getByName("239.255.77.1");
    UdpOptions joined = joined(group.getHostAddress());
    for (String host : List.of("0.0.0.0", "*", "239.255.77.1")) {
      try (FdStore store = open(udp("web", host, 0, ListenerMode.SHARED, joined));
          OwnedFd lent = store.lend("web");
          DatagramChannel client = DatagramChannel.open(StandardProtocolFamily.INET)) {
        client.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName("lo"));
        client.send(
            ByteBuffer.wrap("to all".getBytes(StandardCharsets.US_ASCII)),
            new InetSocketAddress(group, port(store, "web")));
        assertEquals("to all", text(lent), host);
      }
    }
  }

  /** The loopback interface has no route for IPv6 multicast, so only the joining is seen. */
  @Test
  void ipv6MulticastIsJoined() throws Exception {
    try (FdStore store = open(udp("web", "::", 0, ListenerMode.SHARED, joined("ff02::7701")))) {
      assertEquals(1, store.listeners().size());
      String groups = Files.readString(Path.of("/proc/net/igmp6"));
      assertTrue(
          groups.lines().anyMatch(l -> l.contains("lo ") && l.contains("00000000000000007701")),
          groups);
    }
  }

  @Test
  void anInterfaceThatIsNotThere() {
    UdpOptions options =
        new UdpOptions(false, 0, 0, false, List.of("239.1.1.1"), Optional.of("nowhere0"));
    assertEquals(
        "listener web: udp://0.0.0.0:0: this machine has no interface named nowhere0",
        problem(udp("web", "0.0.0.0", 0, ListenerMode.SHARED, options)));
  }

  @Test
  void unixDatagramsByPath() throws Exception {
    Path path = folder.resolve("s");
    ListenerConfig wanted = at("web", UnixDatagramAddress.of(path), ListenerMode.SHARED);
    try (FdStore store = open(wanted)) {
      assertEquals("unixgram:" + path, Fixtures.address(store, "web"));
      assertEquals(0660, SocketFile.permissions(path));
      assertServes(store, SockAddr.unix(path.toString()));
      assertEquals(
          "listener web: unixgram:"
              + path
              + ": the path is in use by another process, with a socket of another type",
          problem(wanted));
      assertEquals(List.of(), store.guard());
    }
    assertFalse(Files.exists(path));
    int dead = POSIX.socket(Constants.AF_UNIX, Constants.SOCK_DGRAM, 0);
    POSIX.bind(dead, SockAddr.unix(path.toString()));
    POSIX.close(dead);
    assertTrue(Files.exists(path), "a stale socket file");
    try (FdStore store = open(wanted)) {
      assertServes(store, SockAddr.unix(path.toString()));
    }
  }

  @Test
  void ownerOfADatagramSocketFile() throws Exception {
    assumeTrue(SafeFolders.uid() == 0, "only root can give files away");
    Path path = folder.resolve("s");
    UnixOptions options = new UnixOptions(0622, Optional.of("1"), Optional.of("2"));
    ListenerConfig wanted =
        new ListenerConfig(
            "web",
            UnixDatagramAddress.of(path),
            ListenerMode.SHARED,
            1,
            DispatchPolicy.ROUND_ROBIN,
            TcpOptions.DEFAULTS,
            options,
            UdpOptions.DEFAULTS);
    try (FdStore store = open(wanted)) {
      assertEquals(1, Files.getAttribute(path, "unix:uid"));
      assertEquals(2, Files.getAttribute(path, "unix:gid"));
      assertEquals(0622, SocketFile.permissions(path));
      assertServes(store, SockAddr.unix(path.toString()));
    }
  }

  private static void misuse(FdStore store, FdAction<SysException> deed) throws SysException {
    try (OwnedFd lent = store.lend("web")) {
      lent.use(deed);
    }
  }

  @Test
  void aBrokenUnixDatagramSocketIsReplaced() throws Exception {
    Path path = folder.resolve("s");
    SockAddr at = SockAddr.unix(path.toString());
    try (FdStore store =
            open(Fixtures.at("web", UnixDatagramAddress.of(path), ListenerMode.SHARED));
        OwnedFd worker = store.lend("web")) {
      misuse(store, n -> POSIX.shutdown(n, Constants.SHUT_RD));
      assertEquals(
          "[listener web: it was shut down; bound again, by a new socket]",
          store.guard().toString());
      assertServes(store, at);
      try (OwnedFd peer =
          OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_DGRAM, 0), "peer")) {
        peer.use(n -> POSIX.bind(n, SockAddr.unix(folder.resolve("p").toString())));
        misuse(store, n -> POSIX.connect(n, SockAddr.unix(folder.resolve("p").toString())));
      }
      assertEquals(
          "[listener web: it was connected to one sender; bound again, by a new socket]",
          store.guard().toString());
      assertServes(store, at);
      Files.delete(path);
      assertEquals(
          "[listener web: its socket file was removed; bound again, by a new socket]",
          store.guard().toString());
      assertServes(store, at);
      assertTrue(worker.isOpen());
    }
  }

  private static UnixName abstractName() {
    return new UnixName("@baton-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
  }

  @Test
  void abstractNames() throws Exception {
    UnixName name = abstractName();
    for (ListenAddress address : List.of(new UnixAddress(name), new UnixDatagramAddress(name))) {
      ListenerConfig wanted = at("web", address, ListenerMode.SHARED);
      SockAddr at = SockAddr.abstractName(name.abstractName());
      try (FdStore store = open(wanted);
          OwnedFd lent = store.lend("web")) {
        assertEquals(address.uri(), Fixtures.address(store, "web"));
        assertEquals(name.abstractName(), lent.borrow(POSIX::getsockname).abstractName());
        if (address.datagram()) {
          assertServes(store, at);
        } else {
          assertConnects(store, at);
        }
        assertEquals(List.of(), store.guard());
        assertEquals(
            "listener web: "
                + address.uri()
                + ": bind failed: EADDRINUSE (Address already in use): another process has this"
                + " name",
            problem(wanted));
      }
    }
  }

  private static void assertConnects(FdStore store, SockAddr at) throws SysException {
    int type = Constants.SOCK_STREAM;
    try (OwnedFd client = OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, type, 0), "client");
        OwnedFd lent = store.lend("web")) {
      client.use(n -> POSIX.connect(n, at));
      assertEquals(1, store.queued("web", 0));
      int accepted = lent.borrow(POSIX::accept4);
      assertNotEquals(Posix.WOULD_BLOCK, accepted);
      POSIX.close(accepted);
    }
  }

  @Test
  void anAbstractNameIsBoundAgainWhenNoWorkerHasItAnyMore() throws Exception {
    UnixName name = abstractName();
    SockAddr at = SockAddr.abstractName(name.abstractName());
    try (FdStore store = open(Fixtures.at("web", new UnixAddress(name), ListenerMode.SHARED))) {
      try (OwnedFd worker = store.lend("web")) {
        worker.use(n -> POSIX.shutdown(n, Constants.SHUT_RDWR));
        String told = store.guard().toString();
        assertTrue(told.contains("a worker still has the old socket"), told);
        assertEquals(List.of(), store.guard(), "told twice");
        SysException refused = assertThrows(SysException.class, () -> assertConnects(store, at));
        assertEquals(Errno.ECONNREFUSED, refused.errno());
      }
      assertEquals(
          "[listener web: it was shut down; bound again, by a new socket]",
          store.guard().toString());
      assertConnects(store, at);
    }
  }

  @Test
  void whatAFrameSaysOfCustody() throws Exception {
    try (FdStore store = open(Fixtures.tcp("web", "127.0.0.1", 0))) {
      Descriptor custody = store.describe("web", ListenerMode.DISPATCH);
      assertEquals(Descriptor.Purpose.CUSTODY, custody.purpose());
      assertEquals(store.describe("web").address(), custody.address());
      assertEquals("dispatch", custody.mode());
      assertEquals(store.describe("web"), store.describe("web", ListenerMode.SHARED));
    }
  }
}
