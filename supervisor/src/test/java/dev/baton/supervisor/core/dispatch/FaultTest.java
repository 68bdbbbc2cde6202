package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

/** A worker that says what cannot be is killed, and no connection is lost by it. */
class FaultTest {
  private final LedgerDriver driver = new LedgerDriver();
  private final int a = driver.worker(0);
  private final int b = driver.worker(1);

  @Test
  void claimOfAnother() {
    driver.accept(1, 2).forget();
    driver.claim(b, 1).shows("kill 1 CLAIMED_UNSENT 1");
    assertEquals(a, driver.ledger.owner(1));
    driver.claim(a, 1).shows("close 1");
    driver.reap(b).shows("examine 2", "hand 2 to 0");
  }

  @Test
  void claimOfNobodys() {
    driver.claim(a, 99).shows("kill 0 CLAIMED_UNSENT 99");
  }

  @Test
  void claimOfOneThatWaits() {
    driver.accept(1).forget();
    driver.ledger.draining(a);
    driver.ledger.draining(b);
    driver.refuse(a, 1).claim(a, 1).shows("kill 0 CLAIMED_UNSENT 1");
    assertEquals(1, driver.ledger.waiting());
  }

  @Test
  void claimAfterItsRefusal() {
    driver.accept(1).forget().refuse(a, 1).shows("hand 1 to 1");
    driver.claim(a, 1).shows("kill 0 CLAIMED_UNSENT 1");
    driver.reap(a).shows();
    driver.claim(b, 1).shows("close 1");
  }

  @Test
  void claimTwice() {
    driver.accept(1).forget();
    driver.claim(a, 1, 1).shows("close 1", "kill 0 CLAIMED_TWICE 1");
    driver.reap(a).shows();
    assertEquals(1, driver.figures().ended());
  }

  @Test
  void claimAfterTheClose() {
    driver.accept(1).claim(a, 1).close(a, 1).forget();
    driver.claim(a, 1).shows("kill 0 CLAIMED_UNSENT 1");
  }

  @Test
  void refusalOfAnother() {
    driver.accept(1, 2).forget();
    driver.refuse(b, 1).shows("kill 1 REFUSED_UNSENT 1");
    assertEquals(a, driver.ledger.owner(1));
  }

  @Test
  void refusalTwice() {
    driver.accept(1).forget();
    driver.refuse(a, 1, 1).shows("kill 0 REFUSED_UNSENT 1", "hand 1 to 1");
  }

  @Test
  void refusalOfTheClaimed() {
    driver.accept(1).claim(a, 1).forget();
    driver.refuse(a, 1).shows("kill 0 REFUSED_CLAIMED 1");
    assertEquals(1, driver.figures().open());
  }

  @Test
  void closeOfTheUnclaimed() {
    driver.accept(1).forget();
    driver.close(a, 1).shows("kill 0 CLOSED_UNCLAIMED 1");
    driver.hands.found.put(1L, Hands.Found.TOUCHED);
    driver.reap(a).shows("examine 1", "close 1");
  }

  @Test
  void closeTwice() {
    driver.accept(1).claim(a, 1).forget();
    driver.close(a, 1, 1).shows("kill 0 CLOSED_UNCLAIMED 1");
    assertEquals(1, driver.figures().closed());
  }

  @Test
  void oneKillIsEnoughAndNothingMoreGoesThere() {
    driver.accept(1).forget();
    driver.claim(a, 98, 99).close(a, 97).refuse(a, 96).shows("kill 0 CLAIMED_UNSENT 98");
    driver.ledger.ready(a);
    driver.ledger.draining(a);
    driver.accept(2, 3).shows("hand 2 to 1", "hand 3 to 1");
    assertFalse(Fault.CLAIMED_UNSENT.text().isEmpty());
  }
}
