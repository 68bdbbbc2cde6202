package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.file;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The k-th system call fails, for every k. */
class StoreFaultsTest {
  @TempDir Path folder;

  private FdStore open(Posix posix) throws StoreException {
    return FdStore.open(
        posix,
        List.of(
            tcp("four", "127.0.0.1", 0),
            tcp("any", "*", 0),
            Fixtures.reuseport("group", new TcpAddress("127.0.0.1", 0)),
            Fixtures.udp("udp", "*", 0),
            Fixtures.reuseport("udps", new UdpAddress("127.0.0.1", 0)),
            unix("local", folder.resolve("s"))),
        List.of(file("log", folder.resolve("log"), FileAccess.APPEND, true)));
  }

  @Test
  void openingLeavesNothingAndNamesTheCulprit() {
    List<String> problems = new ArrayList<>();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX,
            Errno.ENOBUFS,
            posix -> {
              staleSocketFile();
              try (FdStore store = open(posix)) {
                assertEquals(7, store.names().size());
              } catch (StoreException e) {
                problems.addAll(e.problems());
                throw e;
              } finally {
                assertFalse(Files.exists(folder.resolve("s")) && !isStale(), "socket file left");
              }
            });
    assertEquals(outcome.calls(), outcome.noticed(), "a failed call was not told of");
    assertEquals(outcome.calls(), problems.size());
    for (String problem : problems) {
      assertTrue(
          problem.matches(
              "(listener (four|any|group|udp|udps|local)|file log): [^ ]+: [a-z]+ failed: ENOBUFS"
                  + " \\(No buffer space available\\).*"),
          problem);
    }
  }

  private void staleSocketFile() throws Exception {
    Files.deleteIfExists(folder.resolve("s"));
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
    }
    stale = SocketFile.identity(folder.resolve("s")).orElseThrow();
  }

  private SocketFile.Identity stale;

  /** Whether what is at the path is the file that was there before. */
  private boolean isStale() throws Exception {
    return SocketFile.identity(folder.resolve("s")).filter(stale::equals).isPresent();
  }

  private static final List<ListenAddress> GROUPS =
      List.of(new TcpAddress("127.0.0.1", 0), new UdpAddress("127.0.0.1", 0));

  private static FdStore group(Posix posix, ListenAddress address) throws StoreException {
    return FdStore.open(posix, List.of(Fixtures.reuseport("web", address)), List.of());
  }

  @Test
  void aGroupIsExactAfterAnyFailure() {
    for (ListenAddress address : GROUPS) {
      FaultMatrix.forEachCall(
          POSIX,
          Errno.ENOBUFS,
          posix -> {
            try (FdStore store = group(posix, address)) {
              for (int slot = 1; slot < 4; slot++) {
                again(store, slot, (s, n) -> s.lend("web", n).close());
              }
              again(store, 0, (s, n) -> s.steer("web", Set.of(1, 2)));
              again(store, 0, (s, n) -> s.release("web", n));
              again(store, 2, (s, n) -> s.steer("web", Set.of(n)));
              assertEquals(Set.of(1, 2, 3), store.slots("web"));
              assertEquals(Set.of(2), Arrivals.of(store, 10).keySet());
              again(store, 0, (s, n) -> s.steer("web", Set.of(1, 3)));
              assertEquals(Set.of(1, 3), Arrivals.of(store, 60).keySet());
            }
          });
    }
  }

  @FunctionalInterface
  private interface Deed {
    void on(FdStore store, int slot) throws SysException;
  }

  /** What fails once succeeds when it is tried again. */
  private static void again(FdStore store, int slot, Deed deed) throws SysException {
    try {
      deed.on(store, slot);
    } catch (SysException e) {
      deed.on(store, slot);
    }
  }

  @Test
  void aGroupIsRepairedAfterAnyFailure() {
    for (ListenAddress address : GROUPS) {
      FaultMatrix.forEachCall(
          POSIX,
          Errno.ENOBUFS,
          posix -> {
            try (FdStore store = group(posix, address)) {
              again(store, 1, (s, n) -> s.lend("web", n).close());
              again(store, 2, (s, n) -> s.lend("web", n).close());
              try (OwnedFd lent = store.lend("web", 1)) {
                lent.use(n -> POSIX.shutdown(n, Constants.SHUT_RDWR));
              } catch (SysException e) {
                assertTrue(address.datagram() || e.errno() == Errno.ENOBUFS, e.getMessage());
              }
              store.guard();
              store.guard();
              for (int slot = 0; slot < 3; slot++) {
                again(store, slot, (s, n) -> s.steer("web", Set.of(n)));
                assertEquals(Set.of(slot), Arrivals.of(store, 10).keySet());
              }
            }
          });
    }
  }

  @Test
  void repairGoesOnAfterAnyFailure() {
    FaultMatrix.forEachCall(
        POSIX,
        Errno.ENOBUFS,
        posix -> {
          Files.deleteIfExists(folder.resolve("s"));
          try (FdStore store = open(posix)) {
            for (String name : List.of("four", "any", "local")) {
              try (OwnedFd lent = store.lend(name)) {
                lent.use(n -> POSIX.shutdown(n, Constants.SHUT_RDWR));
              }
            }
            store.guard();
            store.guard();
            assertTrue(serves(store, "four"));
            assertTrue(serves(store, "any"));
            assertTrue(serves(store, "local"));
          }
        });
  }
}
