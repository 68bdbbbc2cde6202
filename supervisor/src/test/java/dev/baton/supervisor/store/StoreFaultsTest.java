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
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FaultMatrix;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The k-th system call fails, for every k. */
class StoreFaultsTest {
  @TempDir Path folder;

  private FdStore open(Posix posix) throws StoreException {
    return FdStore.open(
        posix,
        List.of(
            tcp("four", "127.0.0.1", 0), tcp("any", "*", 0), unix("local", folder.resolve("s"))),
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
                assertEquals(4, store.names().size());
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
              "(listener (four|any|local)|file log): [^ ]+: [a-z]+ failed: ENOBUFS"
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
