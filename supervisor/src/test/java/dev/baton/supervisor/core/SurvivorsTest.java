package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A pool that goes on with workers of an earlier supervisor. */
class SurvivorsTest {
  private static final long NOW = 1_000;

  private static Survivor serving(int slot, int run, int generation) {
    return new Survivor(new WorkerId("web", slot, run), generation, false, -5);
  }

  private static Survivor draining(int slot, int run, int generation) {
    return new Survivor(new WorkerId("web", slot, run), generation, true, -5);
  }

  private static Step<Pool> begun(int target, int generation, Survivor... survivors) {
    Pool fresh = Pool.create("web", Times.settings(1), target, 3);
    Pool pool = Survivors.in(fresh, generation, generation, List.of(survivors), Map.of(), NOW);
    return PoolMachine.step(pool, new PoolEvent.Begin(), NOW);
  }

  private static List<Effect> effects(Step<Pool> step) {
    return step.effects().stream().filter(e -> !(e instanceof Effect.Note)).toList();
  }

  @Test
  void whoServesServesOn() {
    Step<Pool> step = begun(2, 4, serving(0, 7, 4), serving(1, 2, 4));
    assertEquals(List.of(), effects(step));
    assertEquals(2, step.state().serving());
    assertEquals(8, step.state().slots().get(0).nextRun());
    assertEquals(3, step.state().slots().get(1).nextRun());
  }

  /** After an upgrade it is known how slots have failed. */
  @Test
  void aSlotThatHasFailedGetsNoneAndABackoffIsWaitedFor() {
    Pool fresh = Pool.create("web", Times.settings(1), 3, 3);
    SlotHistory failed = SlotHistory.EMPTY.resting(SlotHistory.Rest.FAILED, "killed");
    SlotHistory waiting = SlotHistory.EMPTY.retrying(4, true, NOW + 50, NOW + 50, "killed");
    Map<Integer, SlotHistory> histories = Map.of(1, failed, 2, waiting);
    Pool pool = Survivors.in(fresh, 4, 4, List.of(serving(0, 7, 4)), histories, NOW);
    Step<Pool> begun = PoolMachine.step(pool, new PoolEvent.Begin(), NOW);
    assertEquals(List.of(), effects(begun));
    Step<Pool> later = PoolMachine.step(begun.state(), new PoolEvent.Tick(), NOW + 50);
    assertEquals(List.of(new Effect.Spawn(new WorkerId("web", 2, 3), 4, true)), effects(later));
    assertEquals(1, later.state().slots().get(1).restarts());
  }

  @Test
  void aSlotWithoutAWorkerGetsOne() {
    Step<Pool> step = begun(2, 4, serving(1, 2, 4));
    assertEquals(List.of(new Effect.Spawn(new WorkerId("web", 0, 3), 4, false)), effects(step));
  }

  @Test
  void whoDrainedDrainsOnAndHasADeadline() {
    Step<Pool> step = begun(1, 4, draining(0, 1, 3), serving(0, 2, 4));
    assertEquals(List.of(), effects(step));
    Worker old = step.state().worker(new WorkerId("web", 0, 1)).orElseThrow();
    assertEquals(WorkerState.DRAINING, old.state());
    assertEquals(NOW + Times.settings(1).drainTimeout(), old.deadline());
  }

  @Test
  void ofTwoInASlotTheGenerationThatServedStays() {
    Step<Pool> step = begun(1, 4, serving(0, 1, 4), serving(0, 2, 5));
    assertEquals(
        List.of("web/0#2"),
        effects(step).stream()
            .filter(e -> e instanceof Effect.SendDrain)
            .map(e -> ((Effect.SendDrain) e).worker().toString())
            .toList());
  }

  /**
   * The rollout is taken back, one after the other, and nobody leaves before the next one is ready.
   */
  @Test
  void aSlotThatHadMovedMovesBack() {
    Step<Pool> step = begun(2, 4, serving(0, 2, 5), serving(1, 1, 4));
    assertEquals(List.of(new Effect.Spawn(new WorkerId("web", 0, 3), 4, false)), effects(step));
    assertEquals(2, step.state().serving());
  }

  @Test
  void whoIsTooManyLeaves() {
    Step<Pool> step = begun(1, 4, serving(0, 2, 4), serving(1, 1, 4));
    assertTrue(
        step.effects().stream().anyMatch(e -> e instanceof Effect.SendDrain), step::toString);
    assertEquals(1, step.state().serving());
  }
}
