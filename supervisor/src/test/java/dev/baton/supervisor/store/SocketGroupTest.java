package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.open;
import static dev.baton.supervisor.store.Fixtures.port;
import static dev.baton.supervisor.store.Fixtures.reuseport;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.testkit.FdLeakCheck;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mode reuseport against the real kernel: what comes reaches the named slots only. */
@ExtendWith(FdLeakCheck.class)
class SocketGroupTest {
  private static final int MANY = 60;

  static List<ListenAddress> addresses() {
    return List.of(
        new TcpAddress("127.0.0.1", 0),
        new TcpAddress("*", 0),
        new TcpAddress("::1", 0),
        new UdpAddress("127.0.0.1", 0),
        new UdpAddress("*", 0),
        new UdpAddress("::1", 0));
  }

  /** A store whose listener "web" has sockets for slots 0 to 3. */
  private static FdStore four(ListenAddress address) throws Exception {
    FdStore store = open(reuseport("web", address));
    for (int slot = 1; slot < 4; slot++) {
      store.lend("web", slot).close();
    }
    return store;
  }

  private static void assertReaches(FdStore store, Set<Integer> slots) throws Exception {
    store.steer("web", slots);
    assertEquals(slots, Arrivals.of(store, MANY).keySet());
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void everySlotHasItsOwnSocketAndGetsItsShare(ListenAddress address) throws Exception {
    try (FdStore store = four(address)) {
      assertEquals(Set.of(0, 1, 2, 3), store.slots("web"));
      assertEquals(ListenerMode.REUSEPORT, store.listeners().get(0).mode());
      assertEquals(Set.of(0, 1, 2, 3), Arrivals.of(store, 100).keySet());
      store.steer("web", Set.of(0, 1, 2, 3));
      assertEquals(Set.of(0, 1, 2, 3), Arrivals.of(store, 100).keySet());
      Set<Long> cookies = new TreeSet<>();
      for (int slot = 0; slot < 4; slot++) {
        try (OwnedFd one = store.lend("web", slot);
            OwnedFd again = store.lend("web", slot)) {
          long cookie = one.borrow(POSIX::socketCookie);
          assertEquals(cookie, (long) again.borrow(POSIX::socketCookie));
          cookies.add(cookie);
        }
      }
      assertEquals(4, cookies.size());
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void everySubsetIsExact(ListenAddress address) throws Exception {
    try (FdStore store = four(address)) {
      for (int bits = 1; bits < 16; bits++) {
        Set<Integer> slots = new TreeSet<>();
        for (int slot = 0; slot < 4; slot++) {
          if ((bits & 1 << slot) != 0) {
            slots.add(slot);
          }
        }
        assertReaches(store, slots);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void closesRenumberTheGroupAndItStaysExact(ListenAddress address) throws Exception {
    Random random = new Random(17);
    // Copies in workers keep sockets alive that the store has released.
    try (FdBag workers = new FdBag();
        FdStore store = four(address)) {
      for (int step = 0; step < 30; step++) {
        int slot = random.nextInt(6);
        if (store.slots("web").contains(slot) && store.slots("web").size() > 1) {
          store.release("web", slot);
          assertFalse(store.slots("web").contains(slot));
        } else {
          workers.add(store.lend("web", slot));
        }
        List<Integer> there = List.copyOf(store.slots("web"));
        Set<Integer> some = new TreeSet<>();
        some.add(there.get(random.nextInt(there.size())));
        some.add(there.get(random.nextInt(there.size())));
        assertReaches(store, some);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void aNewSlotGetsNothingUntilItIsNamed(ListenAddress address) throws Exception {
    try (FdStore store = open(reuseport("web", address))) {
      store.steer("web", Set.of(0));
      store.lend("web", 1).close();
      assertEquals(Set.of(0), Arrivals.of(store, MANY).keySet());
      store.lend("web", 2).close();
      assertEquals(Set.of(0), Arrivals.of(store, MANY).keySet());
      assertReaches(store, Set.of(1, 2));
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void withNoNamedSlotAllGetTheirShare(ListenAddress address) throws Exception {
    try (FdStore store = four(address)) {
      store.steer("web", Set.of(3));
      store.steer("web", Set.of());
      assertEquals(Set.of(0, 1, 2, 3), Arrivals.of(store, 100).keySet());
      store.steer("web", Set.of(8));
      assertEquals(Set.of(0, 1, 2, 3), Arrivals.of(store, 100).keySet());
      store.lend("web", 5).close();
      assertEquals(Set.of(0, 1, 2, 3, 5), Arrivals.of(store, 100).keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void theLastSocketStays(ListenAddress address) throws Exception {
    try (FdStore store = four(address)) {
      for (int slot = 0; slot < 4; slot++) {
        store.release("web", slot);
      }
      assertEquals(Set.of(3), store.slots("web"));
      assertEquals(Set.of(3), Arrivals.of(store, 10).keySet());
      store.lend("web", 0).close();
      assertReaches(store, Set.of(0));
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void aReleasedSocketGetsNothingThoughAWorkerStillHasIt(ListenAddress address) throws Exception {
    try (FdStore store = four(address);
        OwnedFd worker = store.lend("web", 1)) {
      assertTrue(worker.isOpen());
      store.steer("web", Set.of(0, 2));
      store.release("web", 1);
      assertReaches(store, Set.of(3));
      assertReaches(store, Set.of(2));
      try (OwnedFd next = store.lend("web", 1)) {
        assertNotEquals(worker.borrow(POSIX::socketCookie), next.borrow(POSIX::socketCookie));
      }
      assertReaches(store, Set.of(1));
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void whatIsQueuedIsSeen(ListenAddress address) throws Exception {
    try (FdStore store = four(address)) {
      store.steer("web", Set.of(2));
      assertEquals(0, store.queued("web", 2));
      try (Arrivals.Clients clients = Arrivals.send(store, 5)) {
        assertEquals(5, clients.count());
        int queued = store.queued("web", 2);
        assertTrue(address.datagram() ? queued >= 5 : queued == 5, queued + " queued");
        assertEquals(0, store.queued("web", 1));
        assertEquals(0, store.queued("web", 9));
        Arrivals.collect(store);
        assertEquals(0, store.queued("web", 2));
      }
    }
  }

  @Test
  void datagramClientsKeepTheirSlotUnlessItIsLost() throws Exception {
    try (FdStore store = four(new UdpAddress("127.0.0.1", 0));
        Arrivals.Clients clients = Arrivals.open(store, MANY)) {
      store.steer("web", Set.of(0, 1, 2, 3));
      List<Integer> before = clients.slots(store);
      assertEquals(before, clients.slots(store));
      store.steer("web", Set.of(0, 1, 3));
      List<Integer> without = clients.slots(store);
      for (int i = 0; i < MANY; i++) {
        assertEquals(before.get(i) != 2, before.get(i).equals(without.get(i)), "client " + i);
      }
      store.release("web", 2); // others move to other places in the kernel's order
      assertEquals(without, clients.slots(store));
      store.lend("web", 2).close();
      assertEquals(without, clients.slots(store));
      store.steer("web", Set.of(0, 1, 2, 3));
      assertEquals(before, clients.slots(store));
    }
  }

  @Test
  void aSecondSupervisorIsRefusedAlthoughTheKernelWouldLetItJoin() throws Exception {
    for (ListenAddress address : addresses()) {
      try (FdStore store = four(address)) {
        int port = port(store, "web");
        ListenAddress same =
            address.datagram() ? new UdpAddress("::", port) : new TcpAddress("::", port);
        String told =
            assertThrows(StoreException.class, () -> open(reuseport("other", same)).close())
                .getMessage();
        assertTrue(told.contains("EADDRINUSE"), told);
        assertTrue(told.contains("all of them have SO_REUSEPORT and are of the same user"), told);
      }
    }
  }

  @Test
  void inOtherModesThereIsOneSocketForAll() throws Exception {
    try (FdStore store =
        open(Fixtures.tcp("web", "127.0.0.1", 0), Fixtures.udp("dns", "127.0.0.1", 0))) {
      for (String name : List.of("web", "dns")) {
        try (OwnedFd zero = store.lend(name, 0);
            OwnedFd seven = store.lend(name, 7)) {
          assertEquals(zero.borrow(POSIX::socketCookie), seven.borrow(POSIX::socketCookie));
        }
        store.steer(name, Set.of(3));
        store.release(name, 0);
        assertEquals(Set.of(), store.slots(name));
        assertEquals(0, store.queued(name, 5));
      }
      assertTrue(Fixtures.serves(store, "web"));
    }
  }
}
