package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Any order of accept, claim, refuse, close, death, stop, recall, lie, shortage, drain and scale:
 * no connection is lost, doubled or left without an owner. Replayable by its seed: {@code
 * -Dbaton.sim.seed=N} runs one and {@code -Dbaton.sim.seeds=N} the first so many.
 */
class LedgerSimulationTest {
  private static final int SEEDS = Integer.getInteger("baton.sim.seeds", 400);
  private static final int STEPS = 400;

  /** What must have happened often, in some order. */
  private static final List<String> EVERYTHING =
      List.of(
          "accept",
          "hand",
          "hand again",
          "claim",
          "refuse",
          "refuse of the condemned",
          "close",
          "recall",
          "WEDGED",
          "lie",
          "reap",
          "reap with connections on their way",
          "touched",
          "untouched",
          "gone",
          "full",
          "scarce",
          "hold",
          "pause",
          "start",
          "drain",
          "drain with connections on their way");

  @Test
  void whateverHappensEveryConnectionHasOneOwnerAndOneEnd() {
    Map<String, Integer> seen = new TreeMap<>();
    Long one = Long.getLong("baton.sim.seed");
    for (long seed = one == null ? 0 : one; seed < (one == null ? SEEDS : one + 1); seed++) {
      int step = 0;
      try {
        LedgerWorld world = new LedgerWorld(seed, seen);
        for (; step < STEPS; step++) {
          act(world);
          world.settle();
        }
        world.finish();
      } catch (AssertionError | RuntimeException e) {
        String again = "Again: -Dtest=LedgerSimulationTest -Dbaton.sim.seed=" + seed;
        throw new AssertionError(
            "seed " + seed + ", step " + step + ": " + e.getMessage() + "\n" + again, e);
      }
    }
    for (String what : EVERYTHING) {
      assertTrue(one != null || seen.getOrDefault(what, 0) > SEEDS / 10, what + " in " + seen);
    }
  }

  private static void act(LedgerWorld world) {
    int dice = world.random.nextInt(100);
    if (dice < 35) {
      world.connect();
    } else if (dice < 39) {
      world.advance(1 + world.random.nextInt(dice == 35 ? 900 : 100));
    } else if (dice < 41) {
      world.vanish();
    } else if (dice < 43) {
      world.hold(world.random.nextInt(3) == 0);
    } else if (world.workers.size() < 6 && (dice < 47 || world.workers.isEmpty())) {
      world.start(1 + world.random.nextInt(12), 1 + world.random.nextInt(6));
    } else if (!world.workers.isEmpty()) {
      withWorker(world, world.workers.get(world.random.nextInt(world.workers.size())), dice);
    }
  }

  private static void withWorker(LedgerWorld world, WorldWorker w, int dice) {
    if (dice < 55) {
      world.ready(w);
    } else if (dice < 67) {
      world.take(w);
    } else if (dice < 77) {
      world.read(w, 1 + world.random.nextInt(4));
    } else if (dice < 84) {
      if (w.acts() && !w.serving.isEmpty()) {
        w.close(world.random.nextInt(w.serving.size()));
      }
    } else if (dice < 87) {
      if (w.acts() && !w.inbox.isEmpty()) {
        w.refuseNewest();
      }
    } else if (dice < 90) {
      world.writable(w);
    } else if (dice < 92) {
      w.stopped = !w.stopped;
    } else if (dice < 93) {
      world.drain(w);
    } else if (dice < 95) {
      w.die();
    } else if (dice < 96) {
      world.lie(w);
    } else if (!w.alive || w.condemned) {
      world.reap(w);
    }
  }
}
