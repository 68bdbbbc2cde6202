package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Nobody gets more than it may have, and accepting pauses while nobody can take more. */
class LimitsTest {
  private final LedgerDriver driver = new LedgerDriver();
  private final Ledger ledger = driver.ledger;

  @Test
  void accepts() {
    assertTrue(ledger.accepting());
  }

  @Test
  void maxConnectionsCountsClaimedAndUnclaimed() {
    int a = driver.worker(0, 1, 2, 10);
    driver.accept(1).claim(a, 1).forget();
    driver.accept(2).shows("hand 2 to 0", "pause");
    driver.accept(3).claim(a, 2).shows("close 2");
    driver.close(a, 1).shows("hand 3 to 0");
    driver.close(a, 2).shows("accept");
  }

  @Test
  void aFullWorkerIsPassedOver() {
    driver.worker(0, 1, 1, 10);
    driver.worker(1);
    driver.accept(1, 2, 3).shows("hand 1 to 0", "hand 2 to 1", "hand 3 to 1");
  }

  @Test
  void maxUnclaimedReleasesAtHalf() {
    int a = driver.worker(0, 1, 100, 4);
    driver.accept(1, 2, 3, 4).forget();
    assertFalse(ledger.accepting());
    driver.accept(5).claim(a, 1).shows("close 1");
    driver.claim(a, 2).shows("close 2", "hand 5 to 0", "accept");
  }

  @Test
  void oneAtATimeWorks() {
    int a = driver.worker(0, 1, 1, 1);
    for (long c = 1; c < 5; c++) {
      driver.accept(c).shows("hand " + c + " to 0", "pause");
      driver.claim(a, c).shows("close " + c).close(a, c).shows("accept");
    }
  }

  @Test
  void withoutWorkerSomeAreAcceptedAndTheRestStaysInTheKernel() {
    driver.accept(1, 2, 3).shows().accept(4).shows("pause");
    ledger.gone(1);
    driver.settle().shows("close 1");
    ledger.gone(2);
    driver.settle().shows("close 2", "accept");
  }

  @Test
  void aWorkerThatComesEndsThePause() {
    driver.accept(1, 2, 3, 4).forget();
    driver.worker(0);
    driver.settle().shows("hand 1 to 0", "hand 2 to 0", "hand 3 to 0", "hand 4 to 0", "accept");
  }

  @Test
  void theLastWorkersDeathDoesNotTurnAnybodyAway() {
    int a = driver.worker(0);
    driver.accept(1, 2, 3, 4, 5).forget();
    driver.reap(a);
    assertEquals(5, ledger.waiting());
    assertFalse(ledger.accepting());
  }

  @Test
  void aHoldEndsAcceptingButNotHandingOver() {
    ledger.hold(true);
    driver.settle().shows("pause");
    driver.worker(0);
    driver.accept(1).shows("hand 1 to 0");
    ledger.hold(false);
    driver.settle().shows("accept");
  }
}
