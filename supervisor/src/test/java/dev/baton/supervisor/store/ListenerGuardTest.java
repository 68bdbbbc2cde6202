package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.BACKLOG;
import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.address;
import static dev.baton.supervisor.store.Fixtures.open;
import static dev.baton.supervisor.store.Fixtures.port;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdAction;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin misuses its copy of a listener; the store notices and repairs. */
@ExtendWith(FdLeakCheck.class)
class ListenerGuardTest {
  @TempDir Path folder;

  /** What a plugin can do with what it was lent. */
  private static void misuse(FdStore store, FdAction<SysException> deed) throws SysException {
    try (OwnedFd lent = store.lend("web")) {
      lent.use(deed);
    }
  }

  private static void shutDown(FdStore store, int how) throws SysException {
    misuse(store, n -> POSIX.shutdown(n, how));
    assertThrows(ConnectException.class, () -> serves(store, "web"), "no misuse after all");
  }

  private static FdStore openWithExplicitPort() throws StoreException {
    int port;
    try (FdStore chosen = open(tcp("web", "127.0.0.1", 0))) {
      port = port(chosen, "web");
    }
    return open(tcp("web", "127.0.0.1", port));
  }

  @Test
  void healthyListenersAreLeftInPeace() throws Exception {
    try (FdStore store =
            open(tcp("web", "*", 0), tcp("four", "127.0.0.1", 0), unix("u", folder.resolve("s")));
        SocketChannel waiting = SocketChannel.open(Fixtures.client(store, "four"));
        SocketChannel local = SocketChannel.open(Fixtures.client(store, "u"))) {
      for (int i = 0; i < 3; i++) {
        assertEquals(List.of(), store.guard());
      }
      for (String name : List.of("four", "u")) {
        try (OwnedFd lent = store.lend(name)) {
          POSIX.close(lent.borrow(POSIX::accept4)); // the queue is as it was
        }
      }
      assertTrue(waiting.isConnected() && local.isConnected());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Constants.SHUT_RD, Constants.SHUT_RDWR})
  void tcpWithAnExplicitPortListensAgain(int how) throws Exception {
    try (FdStore store = openWithExplicitPort();
        OwnedFd worker = store.lend("web")) {
      HeldListener before = store.listeners().get(0);
      shutDown(store, how);
      assertEquals(
          List.of(new GuardFinding("web", "it was shut down", "listening again", false)),
          store.guard());
      assertEquals(before, store.listeners().get(0));
      assertTrue(serves(store, "web"));
      assertTrue(worker.isOpen());
      assertEquals(List.of(), store.guard());
    }
  }

  @Test
  void tcpWithAChosenPortIsReplacedOnTheSamePort() throws Exception {
    try (FdStore store = open(tcp("web", "127.0.0.1", 0));
        OwnedFd worker = store.lend("web")) {
      HeldListener before = store.listeners().get(0);
      shutDown(store, Constants.SHUT_RDWR);
      assertEquals(
          List.of(
              new GuardFinding("web", "it was shut down", "bound again, by a new socket", true)),
          store.guard());
      assertEquals(before.address(), address(store, "web"));
      assertNotEquals(before.cookie(), store.listeners().get(0).cookie());
      assertTrue(serves(store, "web"));
      assertTrue(worker.isOpen());
      // The new socket was bound to an explicit port, but is replaced all the same: one rule.
      shutDown(store, Constants.SHUT_RDWR);
      assertTrue(store.guard().get(0).replaced());
      assertTrue(serves(store, "web"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Constants.SHUT_RD, Constants.SHUT_RDWR})
  void aUnixListenerIsReplacedAtItsPath(int how) throws Exception {
    Path path = folder.resolve("s");
    try (FdStore store = open(unix("web", path));
        OwnedFd worker = store.lend("web")) {
      shutDown(store, how);
      assertEquals(
          List.of(
              new GuardFinding("web", "it was shut down", "bound again, by a new socket", true)),
          store.guard());
      assertEquals(0660, SocketFile.permissions(path));
      assertTrue(serves(store, "web"));
      assertTrue(worker.isOpen());
      assertEquals(List.of(), store.guard());
    }
    assertFalse(Files.exists(path), "the new one's file stays behind");
  }

  @Test
  void aRemovedSocketFileIsMadeAnew() throws Exception {
    Path path = folder.resolve("s");
    try (FdStore store = open(unix("web", path))) {
      Files.delete(path);
      assertEquals(
          "[listener web: its socket file was removed; bound again, by a new socket]",
          store.guard().toString());
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void whatCannotBeRepairedIsToldOnceAndTriedAgain() throws Exception {
    Path path = folder.resolve("s");
    try (FdStore store = open(unix("web", path))) {
      shutDown(store, Constants.SHUT_RDWR);
      Files.delete(path);
      Files.writeString(path, "somebody else's");
      String told = store.guard().toString();
      assertTrue(told.contains("not repaired: there is a regular file at this path"), told);
      assertEquals(List.of(), store.guard());
      assertEquals("somebody else's", Files.readString(path));
      Files.delete(path);
      assertTrue(store.guard().get(0).replaced());
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void aPortThatSomebodyTookMeanwhileIsNotRepairedAndServesAgainLater() throws Exception {
    try (FdStore store = open(tcp("web", "127.0.0.1", 0))) {
      InetSocketAddress at = new InetSocketAddress("127.0.0.1", port(store, "web"));
      shutDown(store, Constants.SHUT_RDWR);
      try (ServerSocketChannel thief = ServerSocketChannel.open()) {
        thief.bind(at);
        String told = store.guard().toString();
        assertTrue(told.contains("not repaired"), told);
        assertTrue(told.contains("EADDRINUSE"), told);
      }
      assertTrue(store.guard().get(0).replaced());
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void blockingModeIsUndone() throws Exception {
    try (FdStore store = open(tcp("web", "127.0.0.1", 0))) {
      misuse(store, n -> POSIX.setStatusFlags(n, 0));
      assertEquals(
          List.of(new GuardFinding("web", "it was made blocking", "undone", false)), store.guard());
      misuse(
          store, n -> assertTrue((POSIX.statusFlags(n) & Constants.O_NONBLOCK) != 0, "blocking"));
    }
  }

  @Test
  void aChangedQueueIsSetBack() throws Exception {
    try (FdStore store = open(tcp("web", "127.0.0.1", 0))) {
      misuse(store, n -> POSIX.listen(n, 0));
      assertEquals(
          List.of(
              new GuardFinding(
                  "web",
                  "its queue was changed from " + BACKLOG + " to 0 connections",
                  "changed back",
                  false)),
          store.guard());
      assertEquals(List.of(), store.guard());
    }
  }

  @Test
  void aUnixQueueIsSetBackToo() throws Exception {
    Path path = folder.resolve("s");
    try (FdStore store = open(unix("web", path))) {
      misuse(store, n -> POSIX.listen(n, 0));
      store.guard();
      for (int i = 0; i < 3; i++) { // with a queue of 0 the second would have to wait
        int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
        int client = POSIX.socket(Constants.AF_UNIX, type, 0);
        try {
          assertEquals(0, POSIX.connect(client, SockAddr.unix(path.toString())), "client " + i);
        } finally {
          POSIX.close(client);
        }
      }
    }
  }
}
