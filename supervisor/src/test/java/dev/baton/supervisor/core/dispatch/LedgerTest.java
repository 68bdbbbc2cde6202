package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** The way of a connection, straight and with every turn that it can take. */
class LedgerTest {
  private final LedgerDriver driver = new LedgerDriver();
  private final Ledger ledger = driver.ledger;

  @Test
  void ourCopyIsKeptUntilTheClaim() {
    int a = driver.worker(0);
    driver.accept(1).shows("hand 1 to 0");
    assertEquals(a, ledger.owner(1));
    assertEquals(new WorkerFigures(1, 0, 0, 0), ledger.workerFigures(a));
    driver.at(7).claim(a, 1).shows("close 1");
    assertEquals(new WorkerFigures(0, 1, 1, 0), ledger.workerFigures(a));
    driver.close(a, 1).shows();
    assertEquals(Ledger.NONE, ledger.place(1));
    assertEquals(new WorkerFigures(0, 0, 1, 0), ledger.workerFigures(a));
    assertEquals(new ListenerFigures(1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 7), driver.figures());
  }

  @Test
  void withoutWorkerItWaitsForTheFirstReadyOne() {
    int a = ledger.added(0, 1, 10, 10);
    driver.accept(1, 2).shows();
    assertEquals(2, ledger.waiting());
    assertEquals(Ledger.NONE, ledger.owner(1));
    ledger.ready(a);
    driver.settle().shows("hand 1 to 0", "hand 2 to 0");
  }

  @Test
  void whatAWorkerHadBeforeCountsAsIfItHadBeenClaimedHere() {
    int a = driver.worker(0, 1, 3, 3);
    ledger.adopted(a, 7, 0);
    ledger.adopted(a, 9, 0);
    assertEquals(new WorkerFigures(0, 2, 2, 0), ledger.workerFigures(a));
    driver.accept(10, 11).shows("hand 10 to 0", "pause"); // it has three now
    driver.close(a, 7).shows("hand 11 to 0");
    assertEquals(1, driver.figures().closed());
    assertEquals(4, driver.figures().accepted());
  }

  @Test
  void aConnectionThatTwoWorkersSayTheyHaveEndsTheSecond() {
    int a = driver.worker(0);
    int b = driver.worker(1);
    ledger.adopted(a, 7, 0);
    driver.settle();
    ledger.adopted(b, 7, 0);
    driver.shows("kill 1 CLAIMED_UNSENT 7");
  }

  @Test
  void whatMovesToAnotherLedgerHasNeverBeenInThisOne() {
    int a = driver.worker(0, 1, 10, 1);
    driver.accept(1, 2).shows("hand 1 to 0", "pause");
    driver.refuse(a, 1);
    assertEquals(1, ledger.nextWaiting());
    ledger.moved(1);
    assertEquals(Ledger.NONE, ledger.place(1));
    assertEquals(2, ledger.nextWaiting());
    ledger.moved(2);
    assertEquals(Ledger.NONE, ledger.nextWaiting());
    assertEquals(0, ledger.waiting());
    assertEquals(0, driver.figures().accepted());
  }

  @Test
  void whatIsRefusedIsFirstInTheQueueInItsOrderAndGoesElsewhere() {
    int a = driver.worker(0, 1, 10, 2);
    driver.accept(1, 2, 3).shows("hand 1 to 0", "hand 2 to 0", "pause");
    ledger.ready(ledger.added(1, 1, 10, 10));
    driver.refuse(a, 1, 2).shows("hand 1 to 1", "hand 2 to 1", "hand 3 to 1", "accept");
    assertEquals(2, driver.figures().redispatched());
    assertEquals(2, driver.figures().refused());
  }

  @Test
  void whoRefusesRestsSoThatNoPingPongBegins() {
    int a = driver.worker(0);
    driver.accept(1).forget().refuse(a, 1).shows("pause");
    assertEquals(LedgerDriver.REST, ledger.nextDeadline());
    driver.at(LedgerDriver.REST - 1).shows();
    driver.at(LedgerDriver.REST).shows("hand 1 to 0");
    driver.claim(a, 1).shows("close 1", "accept");
  }

  @Test
  void afterItsRestItGetsOneAtATimeUntilItTakesOne() {
    int a = driver.worker(0);
    driver.accept(1, 2, 3).refuse(a, 1, 2, 3).forget();
    driver.at(LedgerDriver.REST).shows("hand 1 to 0");
    driver.refuse(a, 1).shows();
    driver.at(2 * LedgerDriver.REST).shows("hand 2 to 0");
    driver.claim(a, 2).shows("close 2", "hand 3 to 0", "hand 1 to 0", "accept");
  }

  @Test
  void aRestEndsWithoutAnyAnswerHavingToBeReadFirst() {
    int a = driver.worker(0);
    driver.accept(1).forget().refuse(a, 1).shows("pause");
    assertEquals(LedgerDriver.REST, ledger.nextWake());
    assertEquals(Ledger.NEVER, ledger.nextAnswer());
    ledger.wake(LedgerDriver.REST);
    ledger.settle(LedgerDriver.REST);
    driver.shows("hand 1 to 0");
    assertEquals(Ledger.NEVER, ledger.nextWake());
    assertEquals(LedgerDriver.REST + LedgerDriver.RECALL_AFTER, ledger.nextAnswer());
    ledger.wake(Long.MAX_VALUE - 1);
    driver.shows();
  }

  @Test
  void aCloseEndsTheRest() {
    int a = driver.worker(0);
    driver.accept(1, 2).claim(a, 1).refuse(a, 2).forget();
    driver.close(a, 1).shows("hand 2 to 0", "accept");
  }

  @Test
  void itGoesBackToItsRefuserOnlyWhenNobodyElseCanTakeIt() {
    int a = driver.worker(0);
    int b = driver.worker(1);
    driver.accept(1).shows("hand 1 to 0");
    driver.accept(2).shows("hand 2 to 1");
    ledger.refused(a, 1, 0);
    ledger.draining(b);
    driver.settle().shows("pause");
    driver.at(LedgerDriver.REST).shows("hand 1 to 0");
  }

  @Test
  void itGoesToAnotherAlsoWhenItsRefuserIsAwakeAgainAndItsTurnHasCome() {
    int a = driver.worker(0);
    int b = driver.worker(1, 1, 1, 1);
    driver.accept(1, 2, 3).claim(b, 2).refuse(a, 1).forget();
    ledger.claimed(a, 3, 0);
    ledger.closed(b, 2);
    driver.settle().shows("close 3", "hand 1 to 1", "accept");
  }

  @Test
  void theUntouchedOfTheDeadAreFirstInTheQueueAndTheTouchedAreClosed() {
    int a = driver.worker(0, 1, 10, 4);
    driver.accept(1, 2, 3, 4).claim(a, 1).accept(5, 6).forget();
    driver.hands.found.put(3L, Hands.Found.TOUCHED);
    driver.hands.found.put(4L, Hands.Found.GONE);
    int b = ledger.added(0, 1, 10, 10);
    ledger.ready(b);
    driver
        .reap(a)
        .shows(
            "examine 2",
            "examine 3",
            "close 3",
            "examine 4",
            "close 4",
            "hand 2 to 1",
            "hand 5 to 1",
            "hand 6 to 1",
            "accept");
    assertEquals(new ListenerFigures(6, 7, 1, 1, 0, 1, 1, 0, 1, 0, 3, 0, 0), driver.figures());
    assertEquals(Ledger.NONE, ledger.place(1));
  }

  @Test
  void nothingIsMovedFromADeadWorkerBeforeItIsReaped() {
    int a = driver.worker(0);
    driver.accept(1).forget();
    driver.hands.handed.put(a, Hands.Handed.FULL); // EPIPE, say
    driver.worker(1);
    driver.accept(2, 3).shows("FULL 2 to 0", "hand 2 to 1", "hand 3 to 1");
    driver.at(LedgerDriver.RECALL_AFTER - 1).shows();
    driver.reap(a).shows("examine 1", "hand 1 to 1");
  }

  @Test
  void aFullChannelGetsNothingUntilItIsWritable() {
    int a = driver.worker(0);
    driver.hands.handed.put(a, Hands.Handed.FULL);
    driver.accept(1).shows("FULL 1 to 0", "pause").settle().shows();
    driver.hands.handed.clear();
    ledger.writable(a);
    driver.settle().shows("hand 1 to 0", "accept");
    assertEquals(0, driver.figures().redispatched());
  }

  @Test
  void aShortageStopsEverythingForAWhile() {
    int a = driver.worker(0);
    driver.worker(1);
    driver.hands.handed.put(a, Hands.Handed.SCARCE);
    driver.accept(1, 2).shows("SCARCE 1 to 0", "pause");
    driver.hands.handed.clear();
    assertEquals(LedgerDriver.SHORTAGE, ledger.nextDeadline());
    driver.at(LedgerDriver.SHORTAGE - 1).shows();
    driver.at(LedgerDriver.SHORTAGE).shows("hand 1 to 1", "hand 2 to 0", "accept");
  }

  @Test
  void aClientThatWentWhileItWaitedCostsNothing() {
    driver.accept(1, 2);
    ledger.gone(1);
    driver.shows("close 1");
    int a = driver.worker(0);
    driver.hands.handed.put(a, Hands.Handed.GONE);
    driver.settle().shows("GONE 2 to 0", "close 2");
    assertEquals(2, driver.figures().vanished());
    assertEquals(0, driver.figures().handed());
  }

  @Test
  void aClientThatGoesLaterIsItsWorkersConcern() {
    driver.worker(0);
    driver.accept(1).forget();
    ledger.gone(1);
    ledger.gone(77);
    driver.shows();
    assertEquals(0, ledger.owner(1));
  }

  @Test
  void theNewestReadyWorkerOfASlotIsChosen() {
    int old = driver.worker(0);
    int next = ledger.added(0, 1, 10, 10);
    driver.accept(1).shows("hand 1 to 0");
    ledger.ready(next);
    driver.accept(2, 3).shows("hand 2 to 1", "hand 3 to 1");
    driver.reap(next).shows("examine 2", "examine 3", "hand 2 to 0", "hand 3 to 0");
    assertEquals(old, ledger.owner(2));
    assertEquals(next, ledger.added(0, 1, 10, 10), "the index is free again");
  }

  @Test
  void aDrainingWorkerKeepsWhatItHasAndGetsNoMore() {
    int a = driver.worker(0);
    driver.accept(1, 2).claim(a, 1).forget();
    ledger.draining(a);
    ledger.ready(a);
    driver.accept(3).claim(a, 2).shows("close 2");
    driver.close(a, 1, 2).shows();
    assertEquals(1, ledger.waiting());
  }

  @Test
  void eachListenerHasItsOwnCounts() {
    driver.worker(0);
    int other = ledger.listener(new LeastConnections());
    driver.accept(1);
    ledger.accepted(2, other, 0);
    ledger.accepted(3, other, 0);
    ledger.settle(0);
    assertEquals(1, driver.figures().handed());
    assertEquals(2, ledger.listenerFigures(other).handed());
  }

  @Test
  void theCallersMistakesThrow() {
    driver.accept(1);
    assertThrows(IllegalArgumentException.class, () -> ledger.accepted(1, 0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> ledger.accepted(2, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> ledger.ready(0));
    assertThrows(IllegalArgumentException.class, () -> ledger.added(-1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> ledger.added(0, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new DispatchSettings(1, 1, 1, 1, 0));
    assertEquals(1, driver.figures().accepted());
  }
}
