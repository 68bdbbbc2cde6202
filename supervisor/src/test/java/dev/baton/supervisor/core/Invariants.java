package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What holds after every step of one pool, whatever the event. Follows a pool from its start. */
final class Invariants {
  private final Set<WorkerId> ever = new HashSet<>();
  private int rolloutsOpen;
  private int stopped;

  void check(Pool before, PoolEvent event, Step<Pool> step, long now) {
    Pool pool = step.state();
    effects(before, pool, step.effects());
    rollout(before, event, pool, step.effects());
    pool.places().forEach(s -> slot(pool, s));
    pool.spares().forEach(Invariants::spare);
    surge(pool);
    canary(pool);
    outgoing(pool);
    stopping(pool, step.effects());
    timers(pool, now);
  }

  private void effects(Pool before, Pool after, List<Effect> effects) {
    Set<WorkerId> known = ids(before);
    for (Effect effect : effects) {
      if (effect instanceof Effect.Spawn e) {
        assertTrue(ever.add(e.worker()), () -> e.worker() + " was spawned before");
        known.add(e.worker());
        assertFalse(
            e.worker().spare() && after.slots().stream().anyMatch(Slot::comingUp),
            () -> e.worker() + " is started ahead of a slot that has nobody: " + after);
      }
      if (effect instanceof Effect.Take e) {
        assertTrue(e.spare().spare() && known.remove(e.spare()), () -> effect + " is about nobody");
        assertTrue(ever.add(e.worker()), () -> e.worker() + " came to be before");
        known.add(e.worker());
      }
      WorkerId about = about(effect);
      assertTrue(about == null || known.contains(about), () -> effect + " is about nobody");
    }
    assertTrue(ever.containsAll(ids(after)), "a worker came to be without being spawned");
  }

  private static WorkerId about(Effect effect) {
    if (effect instanceof Effect.Greet e) {
      return e.worker();
    } else if (effect instanceof Effect.Start e) {
      assertFalse(e.worker().spare(), () -> "a spare is started: " + e);
      return e.worker();
    } else if (effect instanceof Effect.SendDrain e) {
      return e.worker();
    } else if (effect instanceof Effect.SendStop e) {
      return e.worker();
    } else if (effect instanceof Effect.Terminate e) {
      return e.worker();
    } else if (effect instanceof Effect.Kill e) {
      return e.worker();
    }
    return null;
  }

  private static Set<WorkerId> ids(Pool pool) {
    return pool.places().stream()
        .flatMap(s -> s.workers().stream())
        .map(Worker::id)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Exactly one verdict for every rollout that was accepted, and none without. */
  private void rollout(Pool before, PoolEvent event, Pool pool, List<Effect> effects) {
    boolean refused = effects.stream().anyMatch(Effect.Refused.class::isInstance);
    if (event instanceof PoolEvent.Restart && !refused) {
      assertEquals(0, rolloutsOpen, "a rollout began while another was under way");
      assertEquals(before.lastGeneration() + 1, pool.lastGeneration(), "the new generation");
      rolloutsOpen++;
    }
    rolloutsOpen -= (int) effects.stream().filter(Effect.RolloutOver.class::isInstance).count();
    assertEquals(rolloutsOpen, pool.rollout().isPresent() ? 1 : 0, "rollouts without a verdict");
  }

  private static void slot(Pool pool, Slot slot) {
    assertTrue(slot.workers().size() <= 2, () -> "more than two workers in " + slot);
    long holders =
        slot.workers().stream()
            .filter(w -> !w.retired() && !w.outgoing() && w.generation() == slot.generation())
            .count();
    assertTrue(holders <= 1, () -> "two wanted workers in " + slot);
    for (Worker w : slot.workers()) {
      assertEquals(slot.index(), w.id().slot(), () -> "in the wrong place: " + slot);
      assertTrue(
          w.id().spare() || w.state() != WorkerState.SPARE, () -> "waits in a slot: " + slot);
      assertNotEquals(WorkerState.EXITED, w.state(), () -> "a dead worker in " + slot);
      assertTrue(w.id().run() < slot.nextRun(), () -> "a run from the future in " + slot);
      assertTrue(pool.uses(w.generation()), () -> "an unused generation in " + slot);
      // A starting worker has its deadline from the moment that its process exists.
      boolean waits = w.state() == WorkerState.SPARE;
      boolean mayLack =
          waits || w.state() == WorkerState.READY || w.state() == WorkerState.STARTING;
      assertTrue(
          w.deadline() == Worker.NONE ? mayLack : !waits && w.state() != WorkerState.READY,
          () -> "a state that could last for ever, or a serving worker with a deadline, " + slot);
      assertFalse(
          w.retired() && w.state().compareTo(WorkerState.READY) <= 0,
          () -> "told to leave and not leaving: " + slot);
      assertFalse(
          !w.retired() && slot.goal() == Slot.Goal.STOP, () -> "not told to leave: " + slot);
    }
  }

  /** It has one process at most, which has no descriptors and so does not serve. */
  private static void spare(Slot place) {
    assertTrue(place.workers().size() <= 1, () -> "more than one worker in " + place);
    assertTrue(
        place.first(w -> w.readyAt() != Worker.NONE || !w.id().spare()).isEmpty(),
        () -> "not a spare in " + place);
  }

  /** Slots with two workers that may both come to serve are what a surge costs. */
  private static void surge(Pool pool) {
    if (pool.rollout().isPresent()) {
      int surge = pool.rollout().get().plan().surge();
      assertTrue(doubles(pool) <= surge, () -> "more than surge extra workers: " + pool);
    }
  }

  /** Before they are judged, no more are moved. */
  private static void canary(Pool pool) {
    Rollout rollout = pool.rollout().filter(r -> !r.goesBack()).orElse(null);
    if (rollout != null && rollout.stage() != Rollout.Stage.ALL) {
      long moved =
          pool.slots().stream()
              .filter(s -> s.goal() == Slot.Goal.RUN && s.generation() == rollout.to())
              .count();
      assertTrue(moved <= rollout.plan().canary(), () -> "more than the canary: " + pool);
    }
  }

  /** One at a time, never beside a rollout, and always with somebody who comes after it. */
  private static void outgoing(Pool pool) {
    List<Slot> recycled = pool.slots().stream().filter(s -> s.outgoing().isPresent()).toList();
    if (recycled.isEmpty()) {
      return;
    }
    assertEquals(1, recycled.size(), () -> "two are recycled at once: " + pool);
    assertEquals(Pool.Phase.RUNNING, pool.phase(), () -> "recycled while it ends: " + pool);
    assertTrue(pool.rollout().isEmpty(), () -> "recycled during a rollout: " + pool);
    Slot slot = recycled.get(0);
    Worker old = slot.outgoing().orElseThrow();
    assertFalse(old.retired(), () -> "leaves already: " + slot);
    assertEquals(slot.generation(), old.generation(), () -> "of another generation: " + slot);
    assertTrue(
        slot.first(w -> !w.retired() && !w.outgoing() && !w.serving()).isPresent(),
        () -> "nobody comes after it, or it does not leave: " + slot);
  }

  private static long doubles(Pool pool) {
    return pool.slots().stream()
        .filter(s -> s.workers().stream().filter(w -> !w.retired()).count() > 1)
        .count();
  }

  private void stopping(Pool pool, List<Effect> effects) {
    stopped += (int) effects.stream().filter(Effect.PoolStopped.class::isInstance).count();
    assertEquals(pool.phase() == Pool.Phase.STOPPED ? 1 : 0, stopped, "said to have stopped");
    if (pool.phase() == Pool.Phase.STOPPED) {
      assertEquals(Set.of(), ids(pool), "workers of a stopped pool");
    }
    if (pool.phase() == Pool.Phase.STOPPING) {
      assertTrue(
          pool.places().stream().flatMap(s -> s.workers().stream()).allMatch(Worker::retired),
          "a worker of a stopping pool was not told to leave");
    }
  }

  /** A loop that waits for the next deadline must not spin, nor sleep past what is due. */
  private static void timers(Pool pool, long now) {
    Step<Pool> tick = PoolMachine.step(pool, new PoolEvent.Tick(), now);
    boolean changes = !tick.state().equals(pool) || !tick.effects().isEmpty();
    assertEquals(
        changes,
        pool.nextDeadline() <= now,
        () -> "at " + now + " the next deadline is " + pool.nextDeadline() + ": " + pool);
  }
}
