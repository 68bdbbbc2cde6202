package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Many made-up worlds, each replayable by its seed: {@code -Dbaton.sim.seed=N} runs one and {@code
 * -Dbaton.sim.seeds=N} the first so many.
 */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("baton.sim.seeds", 300);
  private static final long TROUBLE_SECONDS = 400;

  /** Far more than all timeouts of all slots one after the other. */
  private static final long BOUND_SECONDS = 3600;

  @Test
  void whateverHappensTheRulesHold() {
    Long one = Long.getLong("baton.sim.seed");
    for (long seed = one == null ? 0 : one; seed < (one == null ? SEEDS : one + 1); seed++) {
      try {
        life(seed, new SimTrace(false));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed "
                + seed
                + ": "
                + e.getMessage()
                + "\n"
                + lastSteps(seed)
                + "\nAgain: -Dtest=SimulationTest -Dbaton.sim.seed="
                + seed,
            e);
      }
    }
  }

  @Test
  void theSameSeedIsTheSameWorld() {
    for (long seed = 0; seed < 5; seed++) {
      assertEquals(hash(seed), hash(seed), "seed " + seed);
    }
    assertNotEquals(hash(1), hash(2));
  }

  private static long hash(long seed) {
    SimTrace trace = new SimTrace(false);
    life(seed, trace);
    return trace.hash();
  }

  private static String lastSteps(long seed) {
    SimTrace trace = new SimTrace(true);
    try {
      life(seed, trace);
    } catch (AssertionError | RuntimeException e) {
      return trace.toString();
    }
    return "(it did not fail again)";
  }

  /** Trouble, then health, then a rollout that must cost nothing, then more trouble and the end. */
  private static void life(long seed, SimTrace trace) {
    SimWorld world = new SimWorld(seed, trace);
    world.trouble(TROUBLE_SECONDS);
    assertTrue(world.steps() > 30, "the world stands still");
    if (seed % 5 == 0) {
      ends(world);
      return;
    }
    world.heal();
    world.until(
        "all well",
        BOUND_SECONDS,
        () -> {
          world.resetFailed();
          return allWell(world.pool());
        });
    rolloutOfHealthyWorkers(world);
    recyclingOfHealthyWorkers(world);
    if (seed % 2 == 0) {
      world.step(new PoolEvent.Restart(RolloutPlan.plain(1)));
    }
    ends(world);
  }

  private static boolean allWell(Pool pool) {
    return pool.rollout().isEmpty()
        && pool.slots().stream()
            .allMatch(
                s ->
                    s.settled()
                        && (s.goal() == Slot.Goal.STOP || s.generation() == pool.generation()))
        && pool.spares().stream().allMatch(s -> waitsIfWanted(s, pool));
  }

  private static boolean waitsIfWanted(Slot spare, Pool pool) {
    return pool.target() == 0 || spare.rests()
        ? spare.workers().isEmpty()
        : spare
            .first(w -> w.state() == WorkerState.SPARE && w.generation() == pool.generation())
            .isPresent();
  }

  private static void rolloutOfHealthyWorkers(SimWorld world) {
    int surge = world.below(4);
    int target = world.pool().target();
    int before = world.verdicts().size();
    int least = surge == 0 ? Math.max(0, target - 1) : target;
    world.step(new PoolEvent.Restart(RolloutPlan.plain(surge)));
    world.until(
        "the rollout is over",
        BOUND_SECONDS,
        () -> {
          assertTrue(world.pool().serving() >= least, () -> "too few serve: " + world.pool());
          int workers = world.pool().places().stream().mapToInt(s -> s.workers().size()).sum();
          int most = target + surge + world.pool().spares().size();
          assertTrue(workers <= most, () -> workers + " workers: " + world.pool());
          return world.pool().rollout().isEmpty();
        });
    assertTrue(world.verdicts().get(before).done(), () -> "verdict " + world.verdicts());
    world.until("all well after the rollout", BOUND_SECONDS, () -> allWell(world.pool()));
  }

  /** All by a schedule: each once, one after the other, and the pool is at full strength. */
  private static void recyclingOfHealthyWorkers(SimWorld world) {
    Recycling recycling = new Recycling(RecycleRules.NONE, new Backoff(1, 1, 1, 0, 0));
    recycling.scheduled(world.now());
    Set<WorkerId> before = world.serving();
    int target = world.pool().target();
    world.until(
        "all are recycled",
        BOUND_SECONDS,
        () -> {
          recycling.next(world.pool(), id -> Usage.NONE, world.now()).ifPresent(world::step);
          assertEquals(target, world.pool().serving(), () -> "too few serve: " + world.pool());
          int workers = world.pool().places().stream().mapToInt(s -> s.workers().size()).sum();
          int most = target + 1 + world.pool().spares().size();
          assertTrue(workers <= most, () -> workers + " workers: " + world.pool());
          return Collections.disjoint(before, world.serving());
        });
    world.until("all well after the recycling", BOUND_SECONDS, () -> allWell(world.pool()));
    assertEquals(Optional.empty(), recycling.next(world.pool(), id -> Usage.NONE, world.now()));
  }

  private static void ends(SimWorld world) {
    world.step(new PoolEvent.Stop(world.chance(0.5)));
    world.until("the end", BOUND_SECONDS, () -> world.pool().phase() == Pool.Phase.STOPPED);
  }
}
