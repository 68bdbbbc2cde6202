package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the policies promise, kept by a ledger whose workers come and go. */
class SpreadTest {
  private static final int SLOTS = 4;
  private static final int CLIENTS = 200;

  /** By slot. */
  private final int[] workers = new int[SLOTS];

  private long lastConnection;

  private LedgerDriver pool(Policy policy) {
    LedgerDriver driver = new LedgerDriver(policy);
    for (int slot = 0; slot < SLOTS; slot++) {
      workers[slot] = driver.worker(slot);
    }
    return driver;
  }

  private int slotOf(int worker) {
    for (int slot = 0; slot < SLOTS; slot++) {
      if (workers[slot] == worker) {
        return slot;
      }
    }
    throw new AssertionError("no slot has worker " + worker);
  }

  /** Connects the client once and says which slot it reached. */
  private int visit(LedgerDriver driver, int client) {
    long c = ++lastConnection;
    driver.ledger.accepted(c, driver.listener, ClientHash.of(0, client));
    driver.settle();
    int worker = driver.ledger.owner(c);
    driver.claim(worker, c).close(worker, c);
    return slotOf(worker);
  }

  private int[] visits(LedgerDriver driver) {
    int[] slots = new int[CLIENTS];
    Arrays.setAll(slots, client -> visit(driver, client));
    return slots;
  }

  private void replace(LedgerDriver driver, int slot) {
    int old = workers[slot];
    workers[slot] = driver.worker(slot);
    driver.ledger.draining(old);
    driver.reap(old);
  }

  @Test
  void clientHashSurvivesTenRollingRestarts() {
    LedgerDriver driver = pool(new ClientHash());
    int[] home = visits(driver);
    assertEquals(SLOTS, Arrays.stream(home).distinct().count());
    for (int restart = 0; restart < 10; restart++) {
      for (int slot = 0; slot < SLOTS; slot++) {
        replace(driver, slot);
        assertArrayEquals(home, visits(driver));
      }
    }
  }

  @Test
  void clientHashMovesOnlyTheClientsOfALostSlotAndOnlyWhileItIsLost() {
    LedgerDriver driver = pool(new ClientHash());
    int[] home = visits(driver);
    driver.reap(workers[2]);
    workers[2] = Ledger.NONE;
    int[] meanwhile = visits(driver);
    for (int client = 0; client < CLIENTS; client++) {
      if (home[client] == 2) {
        assertNotEquals(2, meanwhile[client]);
      } else {
        assertEquals(home[client], meanwhile[client]);
      }
    }
    workers[2] = driver.worker(2);
    assertArrayEquals(home, visits(driver));
  }

  @Test
  void roundRobinIsExactThroughARollingRestart() {
    LedgerDriver driver = pool(new RoundRobin());
    int[] counts = new int[SLOTS];
    for (int slot = 0; slot < SLOTS; slot++) {
      for (int i = 0; i < 3; i++) { // not a multiple of the slots: the turn outlives the worker
        counts[visit(driver, i)]++;
      }
      replace(driver, slot);
    }
    assertArrayEquals(new int[] {3, 3, 3, 3}, counts);
  }

  @Test
  void leastConnectionsKeepsTwoHundredLongOnesEvenWhateverTheClaimsDo() {
    LedgerDriver driver = pool(new LeastConnections());
    Random random = new Random(11);
    List<Long> unclaimed = new ArrayList<>();
    for (long c = 1; c <= 200; c++) {
      driver.accept(c);
      unclaimed.add(c);
      while (random.nextInt(3) > 0 && !unclaimed.isEmpty()) {
        long claimed = unclaimed.remove(random.nextInt(unclaimed.size()));
        driver.claim(driver.ledger.owner(claimed), claimed);
      }
      int[] loads = Arrays.stream(workers).map(w -> load(driver, w)).sorted().toArray();
      assertTrue(loads[SLOTS - 1] - loads[0] <= 1, () -> Arrays.toString(loads));
    }
  }

  private static int load(LedgerDriver driver, int worker) {
    WorkerFigures figures = driver.ledger.workerFigures(worker);
    return figures.unclaimed() + figures.open();
  }
}
