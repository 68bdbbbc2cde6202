package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Connections that nobody takes come back; who does not give them back is killed first. */
class RecallTest {
  private static final long DUE = LedgerDriver.RECALL_AFTER;
  private static final long LATE = DUE + LedgerDriver.RECALL_TIMEOUT;

  private final LedgerDriver driver = new LedgerDriver();
  private final Ledger ledger = driver.ledger;

  @Test
  void onlyWhatWaitedTooLongIsRecalled() {
    int a = driver.worker(0);
    driver.accept(1, 2, 3);
    driver.now = 10;
    driver.accept(4).claim(a, 2).forget();
    assertEquals(DUE, ledger.nextDeadline());
    driver.at(DUE - 1).shows();
    driver.at(DUE).shows("recall [1, 3] from 0", "pause");
    assertEquals(DUE + 10, ledger.nextDeadline());
    driver.at(DUE + 10).shows("recall [4] from 0");
  }

  @Test
  void aSlowWorkerKeepsItsLifeAndOthersServeWhatItHadNotTaken() {
    int a = driver.worker(0);
    driver.accept(1, 2, 3).forget();
    driver.worker(1);
    driver.at(DUE).shows("recall [1, 2, 3] from 0");
    driver.claim(a, 1).shows("close 1");
    driver.refuse(a, 2, 3).shows("hand 2 to 1", "hand 3 to 1");
    driver.at(LATE).shows();
    assertEquals(new WorkerFigures(0, 1, 1, 2), ledger.workerFigures(a));
  }

  @Test
  void nothingMoreGoesToAWorkerThatOwesAnAnswer() {
    int a = driver.worker(0);
    driver.accept(1).at(DUE).forget();
    driver.accept(2).shows();
    driver.claim(a, 1).shows("close 1", "hand 2 to 0", "accept");
  }

  @Test
  void aWorkerThatDoesNotAnswerIsKilledAndNothingMovesUntilItIsReaped() {
    int a = driver.worker(0);
    driver.accept(1, 2).forget();
    driver.worker(1);
    driver.at(DUE).claim(a, 1).forget();
    assertEquals(LATE, ledger.nextDeadline());
    driver.at(LATE - 1).shows();
    driver.at(LATE).shows("kill 0 WEDGED 2");
    assertEquals(Ledger.NEVER, ledger.nextDeadline());
    driver.at(10 * LATE).shows();
    driver.reap(a).shows("examine 2", "hand 2 to 1");
  }

  @Test
  void aRefusalAfterTheKillCountsNoMore() {
    int a = driver.worker(0);
    driver.accept(1, 2).at(DUE).at(LATE).forget();
    driver.worker(1);
    driver.settle().forget();
    driver.refuse(a, 1).shows();
    driver.claim(a, 2).shows("close 2");
    driver.hands.found.put(1L, Hands.Found.TOUCHED);
    driver.reap(a).shows("examine 1", "close 1");
    assertEquals(1, driver.figures().ended());
    assertEquals(0, driver.figures().refused());
  }

  @Test
  void aDrainingWorkerIsAskedToo() {
    int a = driver.worker(0);
    driver.accept(1).forget();
    ledger.draining(a);
    driver.at(DUE).shows("recall [1] from 0");
    driver.at(LATE).shows("kill 0 WEDGED 1");
  }

  @Test
  void aLargeRecallComesInParts() {
    driver.worker(0);
    driver.accept(LongStream.rangeClosed(1, 600).toArray()).forget().at(DUE);
    List<String> effects = driver.hands.taken();
    assertEquals(4, effects.size(), effects::toString);
    assertEquals(0, effects.get(2).indexOf("recall [513, "));
  }

  @Test
  void theRecalledOnesOfTheDeadAreExaminedBeforeTheYoungerOnes() {
    int a = driver.worker(0);
    driver.accept(1);
    driver.now = 10;
    driver.accept(2).at(DUE).forget();
    driver.worker(1);
    driver.reap(a).shows("examine 1", "examine 2", "hand 1 to 1", "hand 2 to 1", "accept");
  }
}
