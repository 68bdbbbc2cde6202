package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.reuseport;
import static dev.baton.supervisor.store.Fixtures.udp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.config.UdpOptions;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plugins break sockets of a group; the store repairs them, and steers exactly again. */
@ExtendWith(FdLeakCheck.class)
class GroupGuardTest {
  private static final int MANY = 20;

  /** A deed of a plugin on a socket that it was lent. */
  private record Deed(String name, String found, boolean datagrams) {
    void on(OwnedFd lent) throws SysException {
      switch (name) {
        case "connect" -> lent.use(n -> POSIX.connect(n, elsewhere(n)));
        default -> shutDown(lent);
      }
    }

    private static SockAddr elsewhere(int fd) throws SysException {
      boolean ipv4 = POSIX.getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_DOMAIN) == 2;
      try {
        return SockAddr.inet(InetAddress.getByName(ipv4 ? "127.0.0.1" : "::1"), 9);
      } catch (java.net.UnknownHostException e) {
        throw new AssertionError(e);
      }
    }

    /** Of an unconnected datagram socket the kernel does it, and complains. */
    private static void shutDown(OwnedFd lent) throws SysException {
      try {
        lent.use(n -> POSIX.shutdown(n, Constants.SHUT_RDWR));
      } catch (SysException e) {
        assertEquals(Errno.ENOTCONN, e.errno());
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Deed SHUTDOWN = new Deed("shutdown", "it was shut down", false);
  private static final Deed CONNECT = new Deed("connect", "it was connected to one sender", true);

  private record Case(ListenAddress address, Deed deed) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (ListenAddress address : SocketGroupTest.addresses()) {
      cases.add(new Case(address, SHUTDOWN));
      if (address.datagram()) {
        cases.add(new Case(address, CONNECT));
      }
    }
    return cases;
  }

  private static FdStore open(Case c, int count) throws Exception {
    FdStore store = Fixtures.open(reuseport("web", c.address()));
    for (int slot = 1; slot < count; slot++) {
      store.lend("web", slot).close();
    }
    return store;
  }

  private static void assertExact(FdStore store) throws Exception {
    for (int slot : store.slots("web")) {
      store.steer("web", Set.of(slot));
      assertEquals(Set.of(slot), Arrivals.of(store, MANY).keySet());
    }
    store.steer("web", Set.of());
    assertEquals(store.slots("web"), Arrivals.of(store, 100).keySet());
    assertEquals(List.of(), store.guard());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneOfFour(Case c) throws Exception {
    for (int slot = 0; slot < 4; slot++) {
      try (FdStore store = open(c, 4);
          OwnedFd worker = store.lend("web", slot)) {
        c.deed().on(worker);
        List<GuardFinding> findings = store.guard();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(
            "the socket of slot " + slot + ": " + c.deed().found(), findings.get(0).found());
        assertEquals(c.address().datagram(), findings.get(0).replaced());
        assertExact(store);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void againAndAgain(Case c) throws Exception {
    try (FdStore store = open(c, 3)) {
      for (int i = 0; i < 6; i++) {
        try (OwnedFd worker = store.lend("web", i % 3)) {
          c.deed().on(worker);
          assertEquals(1, store.guard().size());
        }
      }
      assertExact(store);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void severalAtOnceInWhateverOrder(Case c) throws Exception {
    for (List<Integer> slots : List.of(List.of(0, 1), List.of(1, 0), List.of(2, 0, 3, 1))) {
      try (FdStore store = open(c, 4)) {
        for (int slot : slots) {
          try (OwnedFd worker = store.lend("web", slot)) {
            c.deed().on(worker);
          }
        }
        assertTrue(store.guard().size() >= slots.size());
        assertExact(store);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOnlyOne(Case c) throws Exception {
    try (FdStore store = open(c, 1);
        OwnedFd worker = store.lend("web", 0)) {
      c.deed().on(worker);
      assertEquals(1, store.guard().size());
      assertEquals(Set.of(0), Arrivals.of(store, MANY).keySet());
      store.lend("web", 1).close();
      assertExact(store);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void blockingModeIsUndoneForEverySocket(Case c) throws Exception {
    try (FdStore store = open(c, 2);
        OwnedFd worker = store.lend("web", 1)) {
      worker.use(n -> POSIX.setStatusFlags(n, 0));
      assertEquals("[listener web: it was made blocking; undone]", store.guard().toString());
      assertTrue((worker.borrow(POSIX::statusFlags) & Constants.O_NONBLOCK) != 0);
    }
  }

  @Test
  void aSharedUdpSocketIsReplaced() throws Exception {
    for (Deed deed : List.of(SHUTDOWN, CONNECT)) {
      for (String host : List.of("127.0.0.1", "*")) {
        try (FdStore store = Fixtures.open(udp("web", host, 0));
            OwnedFd worker = store.lend("web")) {
          String address = Fixtures.address(store, "web");
          long before = store.listeners().get(0).cookie();
          deed.on(worker);
          assertEquals(
              List.of(new GuardFinding("web", deed.found(), "bound again, by a new socket", true)),
              store.guard());
          assertEquals(address, Fixtures.address(store, "web"));
          assertNotEquals(before, store.listeners().get(0).cookie());
          try (Arrivals.Clients clients = Arrivals.send(store, MANY)) {
            assertEquals(MANY, clients.count());
            for (int i = 0; i < MANY; i++) {
              assertTrue(store.queued("web", 0) > 0, "only " + i + " arrived");
              try (OwnedFd lent = store.lend("web")) {
                lent.use(n -> POSIX.read(n, new byte[1]));
              }
            }
          }
          assertEquals(List.of(), store.guard());
        }
      }
    }
  }

  /** Before Linux 6.13 a socket that is bound to one address stays in its group when connected. */
  private static Posix whereNoSocketLeaves() {
    return Fixtures.replaced("connect", arguments -> 0);
  }

  @Test
  void whatDoesNotLeaveIsKeptAndUsedAgain() throws Exception {
    var wanted = reuseport("web", new UdpAddress("127.0.0.1", 0));
    try (FdStore store = FdStore.open(whereNoSocketLeaves(), List.of(wanted), List.of())) {
      for (int slot = 1; slot < 4; slot++) {
        store.lend("web", slot).close();
      }
      long cookie;
      try (OwnedFd lent = store.lend("web", 1)) {
        cookie = lent.borrow(POSIX::socketCookie);
      }
      store.release("web", 1);
      assertEquals(Set.of(0, 2, 3), store.slots("web"));
      assertExact(store);
      try (OwnedFd lent = store.lend("web", 1)) {
        long again = lent.borrow(POSIX::socketCookie);
        assertEquals(cookie, again);
      }
      assertExact(store);
      try (OwnedFd lent = store.lend("web", 2)) {
        SHUTDOWN.on(lent);
      }
      assertEquals(1, store.guard().size());
      assertExact(store);
    }
  }

  @Test
  void whatDoesNotLeaveIsNotKeptWithoutLimit() throws Exception {
    var wanted = udp("web", "127.0.0.1", 0, ListenerMode.REUSEPORT, UdpOptions.DEFAULTS);
    try (FdStore store = FdStore.open(whereNoSocketLeaves(), List.of(wanted), List.of())) {
      String told = "";
      int misdeeds = 0;
      while (!told.contains("not repaired") && misdeeds < 100) {
        try (OwnedFd lent = store.lend("web", 0)) {
          SHUTDOWN.on(lent);
        }
        misdeeds++;
        told = store.guard().toString();
      }
      assertEquals(65, misdeeds);
      assertTrue(told.contains("64 broken sockets are still in use by workers"), told);
    }
  }
}
