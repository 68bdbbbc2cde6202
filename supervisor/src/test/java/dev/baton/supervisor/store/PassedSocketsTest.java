package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.udp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.sys.Constants;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class PassedSocketsTest {
  @TempDir Path folder;

  /** As systemd passes them: blocking, and listening if there are connections. */
  private static OwnedFd bound(SockAddr address, int type) throws SysException {
    OwnedFd fd = OwnedFd.of(POSIX, POSIX.socket(address.family(), type, 0), "manager's");
    fd.use(n -> POSIX.bind(n, address));
    if (type == Constants.SOCK_STREAM) {
      fd.use(n -> POSIX.listen(n, 1));
    }
    return fd;
  }

  private static OwnedFd loopback(int type) throws SysException {
    return bound(SockAddr.inet(InetAddress.getLoopbackAddress(), 0), type);
  }

  private static int port(OwnedFd fd) throws SysException {
    return fd.borrow(POSIX::getsockname).port();
  }

  private static FdStore open(List<PassedSocket> sockets, ListenerConfig... listeners)
      throws StoreException {
    try (PassedSockets passed = new PassedSockets(POSIX, sockets)) {
      return FdStore.open(POSIX, passed, List.of(listeners), List.of());
    }
  }

  private static String problem(List<PassedSocket> sockets, ListenerConfig... listeners) {
    return assertThrows(StoreException.class, () -> open(sockets, listeners).close()).getMessage();
  }

  @Test
  void aListenerTakesTheSocketAtItsAddressOrOfItsName() throws Exception {
    OwnedFd first = loopback(Constants.SOCK_STREAM);
    OwnedFd second = loopback(Constants.SOCK_STREAM);
    int there = port(first);
    int anywhere = port(second);
    List<PassedSocket> sockets =
        List.of(new PassedSocket("named", second), new PassedSocket("unknown", first));
    try (FdStore store =
        open(sockets, tcp("at", "127.0.0.1", there), tcp("named", "127.0.0.1", 0))) {
      assertEquals(there, Fixtures.port(store, "at"));
      assertEquals(anywhere, Fixtures.port(store, "named"));
      assertTrue(serves(store, "at") && serves(store, "named"));
      assertEquals(List.of(), store.guard(), "non-blocking, with its queue, from the start");
    }
  }

  @Test
  void aListenerThatWasPassedNothingBinds() throws Exception {
    OwnedFd fd = loopback(Constants.SOCK_STREAM);
    int port = port(fd);
    try (FdStore store =
        open(
            List.of(new PassedSocket("", fd)),
            tcp("passed", "127.0.0.1", port),
            tcp("bound", "127.0.0.1", 0))) {
      assertNotEquals(port, Fixtures.port(store, "bound"));
      assertTrue(serves(store, "bound"));
    }
  }

  @Test
  void datagramsToo() throws Exception {
    OwnedFd fd = loopback(Constants.SOCK_DGRAM);
    int port = port(fd);
    OwnedFd streams = loopback(Constants.SOCK_STREAM);
    try (FdStore store =
        open(
            List.of(new PassedSocket("", streams), new PassedSocket("", fd)),
            udp("datagrams", "127.0.0.1", port),
            tcp("streams", "127.0.0.1", port(streams)))) {
      assertEquals(port, Fixtures.port(store, "datagrams"));
      assertEquals(List.of(), store.guard());
    }
  }

  @Test
  void aPathStaysWhoseItIs() throws Exception {
    Path path = folder.resolve("s");
    OwnedFd fd = bound(SockAddr.unix(path.toString()), Constants.SOCK_STREAM);
    try (FdStore store = open(List.of(new PassedSocket("web", fd)), unix("web", path));
        OwnedFd lent = store.lend("web")) {
      assertTrue(serves(store, "web"));
      assertEquals(List.of(), store.guard());
      lent.use(n -> POSIX.shutdown(n, Constants.SHUT_RDWR));
      assertTrue(
          store.guard().toString().contains("its name is the service manager's"),
          () -> store.guard().toString());
    }
    assertTrue(Files.exists(path));
  }

  @Test
  void oneThatIsCalledLikeAListenerAndIsElsewhereIsNamed() throws Exception {
    OwnedFd fd = loopback(Constants.SOCK_STREAM);
    int port = port(fd);
    String problem =
        problem(List.of(new PassedSocket("web", fd)), unix("web", folder.resolve("s")));
    assertTrue(
        problem.contains("the service manager's socket of this name is at tcp://127.0.0.1:" + port),
        problem);
  }

  @Test
  void whatNobodyIsConfiguredForIsNamed() throws Exception {
    OwnedFd fd = loopback(Constants.SOCK_STREAM);
    int port = port(fd);
    OwnedFd noSocket = OwnedFd.of(POSIX, POSIX.eventfd(), "no socket");
    String problem =
        problem(
            List.of(new PassedSocket("extra", fd), new PassedSocket("", noSocket)),
            tcp("web", "127.0.0.2", port));
    List<String> lines = problem.lines().toList();
    assertEquals(
        "the service manager passes a descriptor called extra at tcp://127.0.0.1:"
            + port
            + ", and no listener is configured for it",
        lines.get(0));
    assertTrue(
        lines.get(1).startsWith("the service manager passes a descriptor that is no socket ("),
        lines.get(1));
  }

  @Test
  void aGroupOfSocketsCannotBePassed() throws Exception {
    OwnedFd fd = loopback(Constants.SOCK_STREAM);
    TcpAddress address = new TcpAddress("127.0.0.1", port(fd));
    String problem = problem(List.of(new PassedSocket("", fd)), Fixtures.reuseport("web", address));
    assertTrue(problem.contains("in mode reuseport Baton binds a socket for each slot"), problem);
  }
}
