package dev.baton.supervisor.openserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FairQueueTest {
  private final FairQueue queue = new FairQueue(2);

  private record Step(FairQueue.Lane lane, Object self) implements FairQueue.Task {
    @Override
    public void run(PathOpener opener) {}

    @Override
    public void refuse(Refusal why) {}
  }

  private Step add(FairQueue.Lane lane) {
    Step step = new Step(lane, new Object());
    assertTrue(queue.add(step));
    return step;
  }

  private FairQueue.Task take() throws InterruptedException {
    return queue.next(null, Duration.ofSeconds(10));
  }

  private FairQueue.Task takeAtOnce() throws InterruptedException {
    return queue.next(null, Duration.ZERO);
  }

  @Test
  void lanesTakeTurns() throws Exception {
    FairQueue.Lane a = new FairQueue.Lane();
    FairQueue.Lane b = new FairQueue.Lane();
    Step a1 = add(a);
    Step a2 = add(a);
    Step a3 = add(a);
    Step b1 = add(b);
    FairQueue.Task first = take();
    assertSame(a1, first);
    FairQueue.Task second = queue.next(first, Duration.ZERO);
    assertSame(b1, second);
    FairQueue.Task third = queue.next(second, Duration.ZERO);
    assertSame(a2, third);
    assertSame(a3, queue.next(third, Duration.ZERO));
  }

  @Test
  void aLaneHasNoMoreThreadsThanItMay() throws Exception {
    FairQueue.Lane a = new FairQueue.Lane();
    Step a1 = add(a);
    Step a2 = add(a);
    Step a3 = add(a);
    assertSame(a1, take());
    assertSame(a2, take());
    assertNull(takeAtOnce());
    Step b1 = add(new FairQueue.Lane());
    assertSame(b1, takeAtOnce());
    assertSame(a3, queue.next(a1, Duration.ZERO));
  }

  @Test
  void whatHasNotBegunIsReturnedAtTheEnd() throws Exception {
    FairQueue.Lane a = new FairQueue.Lane();
    FairQueue.Lane b = new FairQueue.Lane();
    List<Step> of = List.of(add(a), add(a), add(a));
    take();
    take();
    Step waiting = add(b);
    assertEquals(Set.of(of.get(2), waiting), Set.copyOf(queue.close()));
    assertFalse(queue.add(new Step(a, new Object())));
    assertNull(queue.next(of.get(0), null));
  }

  @Test
  void whatIsClearedDoesNotRun() throws Exception {
    FairQueue.Lane a = new FairQueue.Lane();
    add(a);
    queue.clear(a);
    assertNull(takeAtOnce());
    Step later = add(a);
    assertSame(later, takeAtOnce());
  }

  /** Two tasks come before the one idle thread has woken up, and the one that it takes hangs. */
  @Test
  void aStallIsSeenWhoeverCameFirst() throws Exception {
    for (int i = 0; i < 10; i++) {
      FairQueue one = new FairQueue(1);
      CompletableFuture<Boolean> stalled = new CompletableFuture<>();
      CompletableFuture<FairQueue.Task> taken = new CompletableFuture<>();
      Thread watcher = thread(() -> stalled.complete(one.awaitStall()));
      Thread worker = thread(() -> taken.complete(one.next(null, null)));
      awaitParked(watcher);
      awaitParked(worker);
      one.add(new Step(new FairQueue.Lane(), new Object()));
      one.add(new Step(new FairQueue.Lane(), new Object()));
      taken.get(20, TimeUnit.SECONDS);
      assertTrue(stalled.get(20, TimeUnit.SECONDS));
      one.close();
    }
  }

  private interface Blocking {
    void run() throws InterruptedException;
  }

  private static Thread thread(Blocking what) {
    Thread thread =
        new Thread(
            () -> {
              try {
                what.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
