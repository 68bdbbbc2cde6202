package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What a pool does about an event. The worker that the event is about takes its step; then {@link
 * Settling} closes the gap between what every slot should be and what it is.
 */
public final class PoolMachine {
  private PoolMachine() {}

  /** The pool after the event, and what is to be done, in order. */
  public static Step<Pool> step(Pool pool, PoolEvent event, long now) {
    Turn turn = new Turn(pool, now);
    apply(turn, event);
    Settling.settle(turn);
    return turn.end();
  }

  private static void apply(Turn turn, PoolEvent event) {
    if (event instanceof PoolEvent.OfWorker e) {
      turn.worker(e.worker(), e.event());
    } else if (event instanceof PoolEvent.Tick) {
      expire(turn);
    } else if (event instanceof PoolEvent.Begin) {
      begin(turn);
    } else if (event instanceof PoolEvent.Restart e) {
      restart(turn, e.plan());
    } else if (event instanceof PoolEvent.Judged e) {
      Canary.judged(turn, e);
    } else if (event instanceof PoolEvent.Pause) {
      commanded(turn, Canary::pause);
    } else if (event instanceof PoolEvent.Resume) {
      commanded(turn, Canary::resume);
    } else if (event instanceof PoolEvent.Abort) {
      commanded(turn, Canary::abort);
    } else if (event instanceof PoolEvent.Recycle e) {
      Replacing.begin(turn, e);
    } else if (event instanceof PoolEvent.Scale e) {
      scale(turn, e.target());
    } else if (event instanceof PoolEvent.Configure e) {
      turn.pool = turn.pool.configured(e.settings());
    } else if (event instanceof PoolEvent.Reset e) {
      reset(turn, e.slot());
    } else if (event instanceof PoolEvent.Stop e) {
      stop(turn, e.now());
    }
  }

  /** Once: a pool that is told to stop before it began stays stopped. */
  private static void begin(Turn turn) {
    if (turn.pool.phase() == Pool.Phase.NEW) {
      turn.pool = turn.pool.in(Pool.Phase.RUNNING);
    }
  }

  private static void expire(Turn turn) {
    for (Slot slot : turn.pool.places()) {
      for (Worker w : slot.workers()) {
        if (w.deadline() <= turn.now) {
          turn.worker(w.id(), WorkerEvent.of(WorkerEvent.Kind.DEADLINE));
        }
      }
    }
  }

  private static void commanded(Turn turn, Consumer<Turn> command) {
    if (!notRunning(turn)) {
      command.accept(turn);
    }
  }

  private static void restart(Turn turn, RolloutPlan plan) {
    if (refused(turn)) {
      return;
    }
    Replacing.giveUp(turn);
    // After a way back that failed, some slots may still try; now their turn comes anyway.
    turn.pool.slots().forEach(s -> turn.pool = turn.pool.with(s.wantingWhoServes()));
    int to = turn.pool.lastGeneration() + 1;
    turn.pool = turn.pool.rolling(Rollout.begin(turn.pool.generation(), to, plan, turn.now));
    turn.note("rollout to generation " + to + " begins");
  }

  private static void scale(Turn turn, int target) {
    if (refused(turn)) {
      return;
    }
    Pool pool = turn.pool;
    List<Slot> slots = new ArrayList<>();
    for (Slot s : pool.slots()) {
      boolean wanted = s.index() < target;
      boolean returns = wanted && s.goal() == Slot.Goal.STOP;
      Slot aimed = s.aimedAt(wanted ? Slot.Goal.RUN : Slot.Goal.STOP);
      slots.add(returns ? aimed.wanting(pool.generation()) : aimed);
    }
    for (int i = slots.size(); i < target; i++) {
      slots.add(Slot.fresh(i, pool.generation(), pool.firstRun()));
    }
    turn.note("scaled from " + pool.target() + " to " + target);
    turn.pool = pool.withSlots(slots, target);
  }

  /** Also during a rollout, which may wait for what is reset. */
  private static void reset(Turn turn, OptionalInt wanted) {
    if (notRunning(turn)) {
      return;
    }
    Pool pool = turn.pool;
    if (wanted.isPresent() && pool.wanted(wanted.getAsInt()).isEmpty()) {
      turn.add(new Effect.Refused("pool " + pool.name() + " has no slot " + wanted.getAsInt()));
      return;
    }
    for (Slot s : pool.places()) {
      if (s.delayed() && (wanted.isEmpty() || wanted.getAsInt() == s.index())) {
        turn.note("slot " + s.index() + " is reset");
        turn.pool = turn.pool.with(s.with(s.history().forgiven()));
      }
    }
  }

  private static boolean notRunning(Turn turn) {
    Pool pool = turn.pool;
    if (pool.phase() == Pool.Phase.RUNNING) {
      return false;
    }
    String phase = pool.phase() == Pool.Phase.NEW ? "has not begun" : "is stopping";
    turn.add(new Effect.Refused("pool " + pool.name() + " " + phase));
    return true;
  }

  private static boolean refused(Turn turn) {
    Pool pool = turn.pool;
    if (notRunning(turn)) {
      return true;
    }
    if (pool.rollout().isPresent()) {
      turn.add(
          new Effect.Refused(
              "a rollout of pool "
                  + pool.name()
                  + " to generation "
                  + pool.rollout().get().to()
                  + " is under way"));
      return true;
    }
    return false;
  }

  private static void stop(Turn turn, boolean now) {
    if (turn.pool.phase() == Pool.Phase.STOPPED) {
      return;
    }
    turn.pool = turn.pool.in(Pool.Phase.STOPPING);
    turn.pool
        .rollout()
        .ifPresent(
            r -> {
              turn.pool = turn.pool.rolled(r.from());
              turn.add(
                  new Effect.RolloutOver(
                      false, r.from(), r.to(), "the supervisor is stopping", r.failed()));
            });
    if (now) {
      for (Slot slot : turn.pool.places()) {
        for (Worker w : slot.workers()) {
          turn.worker(w.id(), WorkerEvent.of(WorkerEvent.Kind.RETIRE));
          turn.worker(w.id(), WorkerEvent.of(WorkerEvent.Kind.KILL));
        }
      }
    }
  }
}
