package dev.baton.supervisor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.SocketFilter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SteeringTest {
  private static final int CLIENTS = 2000;

  /** An IPv4 header with {@code options} words of options, and a UDP header. */
  private static byte[] ipv4(int address, int port, int options) {
    ByteBuffer packet = ByteBuffer.allocate(28 + 4 * options);
    packet.put(0, (byte) (0x45 + options)).putInt(12, address);
    return packet.putShort(20 + 4 * options, (short) port).array();
  }

  private static byte[] ipv6(long low, int port, int next) {
    ByteBuffer packet = ByteBuffer.allocate(56).put(0, (byte) 0x60).put(6, (byte) next);
    return packet.putLong(8, 0x20010db8L << 32).putLong(16, low).putShort(40, (short) port).array();
  }

  private static int run(SocketFilter filter, byte[] packet) {
    return new FilterMachine(packet, 0).run(filter);
  }

  /** Slot s at place 10 + s. */
  private static SortedMap<Integer, Integer> slots(int... slots) {
    SortedMap<Integer, Integer> places = new TreeMap<>();
    for (int slot : slots) {
      places.put(slot, 10 + slot);
    }
    return places;
  }

  private static List<byte[]> clients() {
    List<byte[]> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS / 4; i++) {
      clients.add(ipv4(0x7f000001, 32768 + i, 0)); // ports of one client
      clients.add(ipv4(0x0a000000 + i, 5353, 0)); // clients of one port
      clients.add(ipv6(1, 32768 + i, 17));
      clients.add(ipv6(i, 5353, 17));
    }
    return clients;
  }

  @Test
  void chanceReachesThePlacesEvenlyAndNoOther() {
    SocketFilter filter = Steering.byChance(List.of(7, 2, 5));
    Map<Integer, Integer> seen = new TreeMap<>();
    for (int random : new int[] {0, 1, 2, 3, 4, 5, -1, Integer.MIN_VALUE}) {
      seen.merge(new FilterMachine(new byte[0], random).run(filter), 1, Integer::sum);
    }
    assertEquals(Map.of(7, 3, 2, 2, 5, 3), seen); // 0 3 -1, 1 4, 2 5 2^31
    assertEquals(3, new FilterMachine(new byte[0], 9).run(Steering.byChance(List.of(3))));
  }

  @Test
  void clientsAreSpreadEvenly() {
    for (int count : new int[] {2, 3, 8}) {
      int[] all = IntStream.range(0, count).toArray();
      SocketFilter filter = Steering.byClient(slots(all));
      int[] hits = new int[count];
      clients().forEach(c -> hits[run(filter, c) - 10]++);
      for (int slot : all) {
        int share = hits[slot] * count * 100 / CLIENTS;
        assertTrue(share > 75 && share < 125, count + " slots, slot " + slot + ": " + share + " %");
      }
    }
  }

  @Test
  void onlyTheClientsOfALostSlotMoveAndTheyAreSpread() {
    SocketFilter before = Steering.byClient(slots(0, 1, 2, 3));
    SocketFilter after = Steering.byClient(slots(0, 1, 3));
    int[] heirs = new int[4];
    for (byte[] client : clients()) {
      int old = run(before, client);
      if (old == 12) {
        heirs[run(after, client) - 10]++;
      } else {
        assertEquals(old, run(after, client));
      }
    }
    for (int heir : new int[] {0, 1, 3}) {
      assertTrue(heirs[heir] > CLIENTS / 20, "slot " + heir + " got " + heirs[heir]);
    }
    assertEquals(0, heirs[2]);
  }

  @Test
  void theSlotDecidesAndNotItsPlace() {
    SortedMap<Integer, Integer> moved = new TreeMap<>(Map.of(0, 2, 1, 0, 2, 1));
    SocketFilter before = Steering.byClient(slots(0, 1, 2));
    SocketFilter after = Steering.byClient(moved);
    for (byte[] client : clients()) {
      assertEquals(moved.get(run(before, client) - 10), run(after, client));
    }
  }

  @Test
  void ipv4OptionsDoNotHideThePort() {
    SocketFilter filter = Steering.byClient(slots(0, 1, 2, 3, 4, 5, 6, 7));
    for (int port = 1; port < 100; port++) {
      assertEquals(run(filter, ipv4(77, port, 0)), run(filter, ipv4(77, port, 10)));
    }
  }

  @Test
  void behindIpv6ExtensionHeadersTheAddressAloneDecides() {
    SocketFilter filter = Steering.byClient(slots(0, 1, 2, 3, 4, 5, 6, 7));
    int first = run(filter, ipv6(9, 1, 44));
    boolean portCounts = false;
    for (int port = 1; port < 100; port++) {
      assertEquals(first, run(filter, ipv6(9, port, 44)));
      portCounts |= run(filter, ipv6(9, port, 17)) != run(filter, ipv6(9, 1, 17));
    }
    assertTrue(portCounts);
  }

  @Test
  void asManySlotsAsAPoolCanHave() {
    int[] most = IntStream.range(0, Steering.MOST_HASHED).toArray();
    assertTrue(Steering.byClient(slots(most)).size() <= SocketFilter.MAX);
    int[] all = IntStream.range(0, 1000).toArray();
    SocketFilter many = Steering.byClient(slots(all));
    assertEquals(run(many, ipv4(1, 2, 0)), run(many, ipv4(1, 2, 0)));
    assertNotEquals(1, clients().stream().map(c -> run(many, c)).distinct().count());
    assertTrue(Steering.byChance(List.copyOf(slots(all).values())).size() <= SocketFilter.MAX);
  }
}
