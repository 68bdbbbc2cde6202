package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rollout that goes well, and what it refuses meanwhile. */
class RolloutTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "1, 2", "2, 2", "3, 2", "2, 1000"})
  void startFirstNeverServesLess(int target, int surge) {
    PoolDriver p = PoolDriver.serving(target, surge).restart(surge);
    for (int slot = 0; slot < target; slot++) {
      int begun = Math.min(target, slot + surge);
      assertEquals(begun, p.spawned().size(), () -> "begun so far: " + p.spawned());
      assertEquals(WorkerState.READY, p.find(slot + "#1").state());
      p.serves(slot + "#2");
      assertEquals(target, p.pool().serving());
      assertEquals(PoolState.RESTARTING, PoolState.of(p.pool()));
      p.leaves(slot + "#1");
    }
    assertEquals(List.of("done g2"), p.verdicts());
    assertEquals(2, p.pool().generation());
    assertEquals(target, p.pool().serving());
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
    assertEquals(Worker.NONE, p.pool().nextDeadline());
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void withoutSurgeTheOldOneStopsFirst(int target) {
    PoolDriver p = PoolDriver.serving(target, 1).restart(0);
    for (int slot = 0; slot < target; slot++) {
      assertEquals(target - 1, p.pool().serving());
      assertEquals(slot, p.spawned().size());
      p.leaves(slot + "#1");
      assertEquals(slot + 1, p.spawned().size());
      p.serves(slot + "#2");
    }
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void aSlotCountsUntilItsOldWorkerIsGone() {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1).serves("0#2");
    assertEquals("0#1 g1 DRAINING, 0#2 g2 READY, 1#1 g1 READY", p.workers());
    p.worker("0#1", Kind.DRAINED);
    assertEquals(List.of("0#2"), p.spawned());
    p.exits("0#1");
    assertEquals(List.of("0#2", "1#2"), p.spawned());
  }

  @Test
  void oneRolloutAtATimeAndNoScaling() {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1).restart(1).scale(5);
    List<Effect.Refused> refused = p.of(Effect.Refused.class);
    assertEquals(2, refused.size());
    assertEquals("a rollout of pool p to generation 2 is under way", refused.get(0).reason());
    assertEquals(2, p.pool().target());
  }

  @Test
  void generationsAreNeverUsedTwice() {
    PoolDriver p = PoolDriver.serving(1, 1).restart(1).crashes("0#2");
    p.restart(1).serves("0#3").leaves("0#1");
    assertEquals(List.of("back g1 by 0#2", "done g3"), p.verdicts());
    assertEquals(3, p.pool().generation());
  }

  @Test
  void anOldWorkerMayCrashMeanwhile() {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1).crashes("0#1");
    assertEquals(1, p.slot(0).restarts());
    assertEquals(List.of("0#2"), p.spawned(), "its successor is under way already");
    p.serves("0#2");
    assertEquals(List.of("0#2", "1#2"), p.spawned());
    p.serves("1#2").leaves("1#1");
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void anOldWorkerOfASlotThatWaitsComesBackAsAnOldOne() {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1).after(Times.STABLE).crashes("1#1");
    assertEquals("0#1 g1 READY, 0#2 g2 STARTING, 1#2 g1 STARTING", p.workers());
    p.serves("0#2").leaves("0#1");
    assertEquals("0#2 g2 READY, 1#2 g1 KILLING, 1#3 g2 STARTING", p.workers());
    p.serves("1#3").exits("1#2");
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void aPoolInBackoffIsStartedAtOnce() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).crashes("0#1");
    assertEquals(PoolState.DOWN, PoolState.of(p.pool()));
    p.restart(1);
    assertEquals("0#2 g2 STARTING", p.workers());
    p.serves("0#2");
    assertEquals(List.of("done g2"), p.verdicts());
    assertEquals(0, p.slot(0).failures());
  }

  @Test
  void anOldWorkerThatDoesNotServeYetIsNotWaitedFor() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).restart(1);
    assertEquals("0#1 g1 KILLING, 0#2 g2 STARTING", p.workers());
    p.serves("0#2");
    assertTrue(p.verdicts().isEmpty(), "while the old worker is still there");
    p.exits("0#1");
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void ofNothingIsDoneAtOnce() {
    PoolDriver p = PoolDriver.serving(1, 1).scale(0).leaves("0#1").restart(1);
    assertEquals(List.of("done g2"), p.verdicts());
    p.scale(1);
    assertEquals("0#2 g2 STARTING", p.workers());
  }

  @Test
  void slotsThatAreLeavingDoNotHoldItUp() {
    PoolDriver p = PoolDriver.serving(2, 1).scale(1).restart(1).serves("0#2").leaves("0#1");
    assertEquals(List.of("done g2"), p.verdicts());
    assertEquals("0#2 g2 READY, 1#1 g1 DRAINING", p.workers());
  }

  @Test
  void deadWorkersAreNotHeard() {
    PoolDriver p = PoolDriver.serving(1, 1).restart(1).serves("0#2").leaves("0#1").forget();
    Pool before = p.pool();
    for (Kind kind : Kind.values()) {
      p.worker(
          "0#1", kind == Kind.REAPED ? WorkerEvent.reaped(Exit.code(0)) : WorkerEvent.of(kind));
      p.event(new PoolEvent.OfWorker(new WorkerId("other", 0, 2), WorkerEvent.of(Kind.READY)));
      p.worker("7#1", Kind.READY);
    }
    assertEquals(before, p.pool());
    assertEquals(List.of(), p.effects());
  }
}
