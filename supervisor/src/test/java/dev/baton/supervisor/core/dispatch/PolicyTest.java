package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Who is chosen, by each policy alone. */
class PolicyTest {
  private static Candidates weights(int... weights) {
    Candidates c = new Candidates();
    c.clear(weights.length);
    for (int slot = 0; slot < weights.length; slot++) {
      if (weights[slot] > 0) {
        c.add(slot, weights[slot], 0);
      }
    }
    return c;
  }

  private static String choices(Policy policy, Candidates c, int count) {
    StringBuilder slots = new StringBuilder();
    for (int i = 0; i < count; i++) {
      slots.append(c.slot(policy.choose(c, i)));
    }
    return slots.toString();
  }

  @Example
  void roundRobinIsExact() {
    assertEquals("012012012", choices(new RoundRobin(), weights(1, 1, 1), 9));
  }

  @Example
  void roundRobinSpreadsWeights() {
    assertEquals("0010200", choices(new RoundRobin(), weights(5, 1, 1), 7));
    assertEquals("010010010", choices(new RoundRobin(), weights(2, 1), 9));
  }

  @Property(tries = 200)
  void roundRobinGivesEverySlotItsWeight(
      @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 1, max = 20) Integer> list,
      @ForAll @IntRange(max = 50) int before) {
    int[] weights = list.stream().mapToInt(w -> w).toArray();
    Candidates c = weights(weights);
    RoundRobin policy = new RoundRobin();
    choices(policy, c, before);
    int[] counts = new int[weights.length];
    for (int i = 0; i < 3 * Arrays.stream(weights).sum(); i++) {
      counts[c.slot(policy.choose(c, 0))]++;
    }
    assertArrayEquals(Arrays.stream(weights).map(w -> 3 * w).toArray(), counts);
  }

  @Example
  void roundRobinIsExactAgainAfterASlotLeft() {
    RoundRobin policy = new RoundRobin();
    assertEquals("0", choices(policy, weights(1, 1, 1), 1));
    Candidates two = weights(1, 1);
    assertEquals("010101", choices(policy, two, 6));
  }

  @Example
  void roundRobinKnowsAnySlotNumber() {
    Candidates c = new Candidates();
    c.clear(1);
    c.add(1, 1, 0);
    c.add(70, 1, 0);
    assertEquals("170170170", choices(new RoundRobin(), c, 6));
  }

  @Example
  void leastConnectionsTakesTheLightestForItsWeight() {
    Candidates c = new Candidates();
    c.clear(1);
    c.add(0, 1, 3);
    c.add(1, 4, 9);
    c.add(2, 1, 4);
    assertEquals(1, new LeastConnections().choose(c, 0));
    c.clear(1);
    c.add(0, 1, Integer.MAX_VALUE - 1);
    c.add(1, 1_000_000, Integer.MAX_VALUE);
    assertEquals(1, new LeastConnections().choose(c, 0));
  }

  @Example
  void leastConnectionsTakesEqualsInTurn() {
    assertEquals("0120120", choices(new LeastConnections(), weights(1, 1, 1), 7));
    assertEquals("1313", choices(new LeastConnections(), weights(0, 1, 0, 1), 4));
  }

  @Example
  void leastConnectionsKeepsTwoHundredLongOnesEven() {
    Random random = new Random(3);
    LeastConnections policy = new LeastConnections();
    int[] open = new int[7];
    for (int i = 0; i < 200; i++) {
      Candidates c = new Candidates();
      c.clear(1);
      for (int slot = 0; slot < open.length; slot++) {
        c.add(slot, 1, open[slot]);
      }
      open[policy.choose(c, random.nextLong())]++;
      int most = Arrays.stream(open).max().orElseThrow();
      int least = Arrays.stream(open).min().orElseThrow();
      assertTrue(most - least <= 1, () -> Arrays.toString(open));
    }
  }

  @Property(tries = 300)
  void aLostSlotMovesOnlyItsOwnClients(
      @ForAll @Size(min = 2, max = 9) List<@IntRange(min = 1, max = 20) Integer> list,
      @ForAll @IntRange(max = 8) int lostOne,
      @ForAll long client) {
    int[] weights = list.stream().mapToInt(w -> w).toArray();
    int lost = lostOne % weights.length;
    ClientHash policy = new ClientHash();
    Candidates all = weights(weights);
    int before = all.slot(policy.choose(all, client));
    int[] fewer = weights.clone();
    fewer[lost] = 0;
    Candidates rest = weights(fewer);
    int after = rest.slot(policy.choose(rest, client));
    if (before == lost) {
      assertNotEquals(lost, after);
    } else {
      assertEquals(before, after);
    }
  }

  @Example
  void clientsSpreadByWeight() {
    Candidates c = weights(1, 2, 1);
    int[] counts = new int[3];
    for (int i = 0; i < 40_000; i++) { // a whole network, address after address
      counts[c.slot(new ClientHash().choose(c, ClientHash.of(0, 0xffff_0a00_0000L + i)))]++;
    }
    assertEquals(10_000, counts[0], 500);
    assertEquals(20_000, counts[1], 500);
    assertEquals(10_000, counts[2], 500);
  }

  @Example
  void theClientsOfALostSlotSpreadOverAllOthers() {
    Candidates all = weights(1, 1, 1, 1);
    Candidates rest = weights(0, 1, 1, 1);
    int[] counts = new int[4];
    ClientHash policy = new ClientHash();
    for (int i = 0; i < 40_000; i++) {
      long client = ClientHash.of(i, 7);
      if (all.slot(policy.choose(all, client)) == 0) {
        counts[rest.slot(policy.choose(rest, client))]++;
      }
    }
    assertEquals(0, counts[0]);
    for (int slot = 1; slot < 4; slot++) {
      assertEquals(3333, counts[slot], 300);
    }
  }

  @Example
  void anAddressHasOneHashInEveryForm() {
    byte[] four = {10, 1, 2, (byte) 200};
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, (byte) 200};
    assertEquals(ClientHash.of(four), ClientHash.of(mapped));
    assertEquals(ClientHash.of(four), ClientHash.of(0, 0xffff_0a01_02c8L));
    assertNotEquals(ClientHash.of(1, 2), ClientHash.of(2, 1));
    assertThrows(IllegalArgumentException.class, () -> ClientHash.of(new byte[5]));
  }

  @Example
  void theSameClientGoesToTheSameSlotForEver() {
    // Fixed numbers: another supervisor version must not send clients elsewhere.
    assertEquals("33102131301232133320", choices(new ClientHash(), weights(1, 1, 1, 2), 20));
  }
}
