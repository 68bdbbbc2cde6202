package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.file;
import static dev.baton.supervisor.store.Fixtures.open;
import static dev.baton.supervisor.store.Fixtures.port;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.TcpOptions;
import dev.baton.sys.Constants;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class FdStoreTest {
  @TempDir Path folder;

  private static int option(FdStore store, int level, int option) throws IOException {
    try (OwnedFd lent = store.lend("web")) {
      return lent.borrow(n -> POSIX.getsockopt(n, level, option));
    }
  }

  @Test
  void ipv4WithAChosenPort() throws Exception {
    try (FdStore store = open(tcp("web", "127.0.0.1", 0))) {
      assertTrue(serves(store, "web"));
      assertEquals("tcp://127.0.0.1:" + port(store, "web"), Fixtures.address(store, "web"));
      assertTrue(port(store, "web") > 0);
    }
  }

  @Test
  void ipv6IsNotIpv4() throws Exception {
    try (FdStore store = open(tcp("web", "::1", 0))) {
      assertEquals("tcp://[::1]:" + port(store, "web"), Fixtures.address(store, "web"));
      assertTrue(serves(store, "web"));
      InetSocketAddress ipv4 = new InetSocketAddress("127.0.0.1", port(store, "web"));
      assertThrows(ConnectException.class, () -> serves(store, "web", ipv4));
    }
  }

  @Test
  void theStarTakesBoth() throws Exception {
    try (FdStore store = open(tcp("web", "*", 0))) {
      assertEquals("tcp://[::]:" + port(store, "web"), Fixtures.address(store, "web"));
      assertTrue(serves(store, "web", new InetSocketAddress("127.0.0.1", port(store, "web"))));
      assertTrue(serves(store, "web", new InetSocketAddress("::1", port(store, "web"))));
      assertEquals(0, option(store, Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY));
    }
  }

  @Test
  void ipv6OnlyOnAllInterfaces() throws Exception {
    TcpOptions only = new TcpOptions(true, false, true, Optional.empty(), 0, true);
    try (FdStore store = open(tcp("web", "::", 0, only))) {
      InetSocketAddress ipv4 = new InetSocketAddress("127.0.0.1", port(store, "web"));
      assertThrows(ConnectException.class, () -> serves(store, "web", ipv4));
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void optionsAreSetAndInherited() throws Exception {
    TcpOptions all = new TcpOptions(true, true, true, Optional.of(Duration.ofSeconds(3)), 7, false);
    try (FdStore store = open(tcp("web", "127.0.0.1", 0, all))) {
      assertEquals(1, option(store, Constants.SOL_SOCKET, Constants.SO_REUSEADDR));
      assertEquals(1, option(store, Constants.SOL_SOCKET, Constants.SO_KEEPALIVE));
      assertEquals(1, option(store, Constants.IPPROTO_TCP, Constants.TCP_NODELAY));
      assertTrue(option(store, Constants.IPPROTO_TCP, Constants.TCP_DEFER_ACCEPT) >= 3);
      assertEquals(7, option(store, Constants.IPPROTO_TCP, Constants.TCP_FASTOPEN));
    }
    TcpOptions none = new TcpOptions(false, false, false, Optional.empty(), 0, false);
    try (FdStore store = open(tcp("web", "127.0.0.1", 0, none))) {
      assertEquals(0, option(store, Constants.SOL_SOCKET, Constants.SO_REUSEADDR));
      assertEquals(0, option(store, Constants.SOL_SOCKET, Constants.SO_KEEPALIVE));
      assertEquals(0, option(store, Constants.IPPROTO_TCP, Constants.TCP_NODELAY));
      assertEquals(0, option(store, Constants.IPPROTO_TCP, Constants.TCP_FASTOPEN));
    }
  }

  @Test
  void everythingIsCloseOnExecAndListenersDoNotBlock() throws Exception {
    Path log = folder.resolve("log");
    try (FdStore store =
        FdStore.open(
            POSIX,
            List.of(tcp("web", "127.0.0.1", 0), unix("local", folder.resolve("s"))),
            List.of(file("log", log, FileAccess.APPEND, true)))) {
      assertEquals(List.of("web", "local", "log"), store.names());
      for (String name : store.names()) {
        try (OwnedFd lent = store.lend(name)) {
          assertTrue(lent.borrow(POSIX::closeOnExec), name);
          int flags = lent.borrow(POSIX::statusFlags);
          assertEquals(!name.equals("log"), (flags & Constants.O_NONBLOCK) != 0, name);
        }
      }
    }
  }

  @Test
  void theStoreKeepsItsOwnWhenALentOneIsClosed() throws Exception {
    try (FdStore store = open(tcp("web", "127.0.0.1", 0))) {
      store.lend("web").close();
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void whatAFrameSaysOfThem() throws Exception {
    Path path = folder.resolve("s");
    Path log = folder.resolve("log");
    try (FdStore store =
        FdStore.open(
            POSIX,
            List.of(unix("local", path)),
            List.of(file("log", log, FileAccess.READ_WRITE, true)))) {
      assertEquals(Descriptor.listener("local", "unix:" + path, "shared"), store.describe("local"));
      assertEquals(Descriptor.file("log", "read-write"), store.describe("log"));
      assertEquals(List.of(new HeldFile("log", log, FileAccess.READ_WRITE)), store.files());
      assertEquals(
          "the store holds no db, but [local, log]",
          assertThrows(IllegalArgumentException.class, () -> store.describe("db")).getMessage());
      assertThrows(IllegalArgumentException.class, () -> store.lend("db"));
    }
  }

  @Test
  void filesAreOpenedAsAsked() throws Exception {
    Path file = folder.resolve("f");
    Files.writeString(file, "old\n");
    try (FdStore store =
        FdStore.open(
            POSIX,
            List.of(),
            List.of(
                file("r", file, FileAccess.READ, false),
                file("w", file, FileAccess.WRITE, false),
                file("a", file, FileAccess.APPEND, false),
                file("new", folder.resolve("new"), FileAccess.WRITE, true)))) {
      write(store, "a", "more\n");
      write(store, "w", "OLD");
      assertEquals("OLD\nmore\n", Files.readString(file));
      byte[] read = new byte[3];
      try (OwnedFd r = store.lend("r");
          OwnedFd same = store.lend("r")) {
        int count = r.borrow(n -> POSIX.read(n, read));
        assertEquals(3, count);
        // Two lent copies are one open file description (APUE 17.4): the offset is shared.
        long offset = same.borrow(n -> POSIX.lseek(n, 0, Constants.SEEK_CUR));
        assertEquals(3, offset);
      }
      assertEquals("OLD", new String(read, StandardCharsets.US_ASCII));
      assertEquals(0, SocketFile.permissions(folder.resolve("new")) & ~0640);
    }
    assertTrue(Files.exists(folder.resolve("new")), "held files outlive the store");
  }

  private static void write(FdStore store, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    try (OwnedFd lent = store.lend(name)) {
      int written = lent.borrow(n -> POSIX.write(n, bytes, bytes.length));
      assertEquals(bytes.length, written);
    }
  }

  @Test
  void cookiesTellSocketsApart() throws Exception {
    try (FdStore store = open(tcp("a", "127.0.0.1", 0), tcp("b", "127.0.0.1", 0));
        OwnedFd lent = store.lend("a")) {
      long a = store.listeners().get(0).cookie();
      long cookie = lent.borrow(POSIX::socketCookie);
      assertEquals(a, cookie);
      assertTrue(a != store.listeners().get(1).cookie());
    }
  }
}
