package dev.baton.supervisor.core;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Closes the gap between what every slot should be and what it is. It looks at the state alone, not
 * at how it came about, so whatever happens in between, the same rules lead on.
 */
final class Settling {
  private Settling() {}

  static void settle(Turn turn) {
    switch (turn.pool.phase()) {
      case NEW, STOPPED -> {}
      case STOPPING -> leave(turn);
      case RUNNING -> {
        turn.pool.rollout().ifPresent(r -> Canary.settle(turn, r));
        Spares.aim(turn);
        advance(turn);
        for (Slot slot : turn.pool.slots()) {
          settle(turn, slot);
        }
        Spares.start(turn);
        turn.pool.rollout().ifPresent(r -> finish(turn, r));
      }
    }
  }

  private static void leave(Turn turn) {
    for (Slot slot : turn.pool.places()) {
      slot.workers().forEach(w -> retire(turn, w));
    }
    if (turn.pool.places().stream().allMatch(s -> s.workers().isEmpty())) {
      turn.pool = turn.pool.in(Pool.Phase.STOPPED);
      turn.add(new Effect.PoolStopped());
    }
  }

  private static void settle(Turn turn, Slot slot) {
    if (slot.goal() == Slot.Goal.STOP) {
      slot.workers().forEach(w -> retire(turn, w));
      return;
    }
    if (slot.settled()) {
      return; // most are, at each event
    }
    Replacing.settle(turn, slot);
    slot.workers().stream()
        .filter(w -> w.generation() != slot.generation())
        .filter(w -> slot.served() || !w.serving()) // one that does not serve yet never needs to
        .forEach(w -> retire(turn, w));
    Slot left = turn.pool.slot(slot.index()).orElseThrow();
    if (!left.wantsStart(turn.pool.stopsFirst())) {
      return;
    }
    Optional<Worker> spare =
        Spares.find(turn.pool, left.generation()).filter(w -> left.history().spareAt() <= turn.now);
    if (spare.isPresent()) {
      turn.take(left, spare.get());
    } else if (left.retryAt() <= turn.now) {
      turn.spawn(left);
    }
  }

  static void retire(Turn turn, Worker w) {
    if (!w.retired()) {
      turn.worker(w.id(), WorkerEvent.of(WorkerEvent.Kind.RETIRE));
    }
  }

  /**
   * Moves the next slots to the generation that is aimed at, as many at a time as the surge allows.
   * On the way back, and after it, a slot that the given-up generation does not serve moves at
   * once: it costs no worker.
   */
  private static void advance(Turn turn) {
    boolean forward = turn.pool.rollout().filter(r -> !r.goesBack()).isPresent();
    int aim = turn.pool.aim();
    if (!forward) {
      others(turn.pool, aim).filter(s -> !s.served()).forEach(s -> move(turn, s, aim));
    }
    if (forward && Spares.awaited(turn.pool, turn.now)) {
      move(turn, aim, slot -> !slot.serving()); // who serves has time to wait for a spare
    }
    if (!forward || !Spares.awaited(turn.pool, turn.now)) {
      move(turn, aim, slot -> true);
    }
  }

  private static void move(Turn turn, int aim, Predicate<Slot> which) {
    long moving = turn.pool.slots().stream().filter(s -> moves(s, aim)).count();
    others(turn.pool, aim)
        .filter(s -> !moves(s, aim))
        .filter(which)
        .limit(Math.max(0, Math.min(turn.pool.atATime() - moving, mayMove(turn.pool, aim))))
        .forEach(s -> move(turn, s, aim));
  }

  /** How many slots the rollout lets go on now. */
  private static long mayMove(Pool pool, int aim) {
    Rollout rollout = pool.rollout().filter(r -> !r.goesBack()).orElse(null);
    if (rollout == null) {
      return Long.MAX_VALUE;
    }
    long moved =
        pool.slots().stream()
            .filter(s -> s.goal() == Slot.Goal.RUN && s.generation() == aim)
            .count();
    return rollout.paused() ? 0 : rollout.mayHaveMoved() - moved;
  }

  private static Stream<Slot> others(Pool pool, int aim) {
    return pool.slots().stream().filter(s -> s.goal() == Slot.Goal.RUN && s.generation() != aim);
  }

  /** Whether a slot is between two generations, or has one worker more than it should. */
  private static boolean moves(Slot slot, int aim) {
    return slot.goal() == Slot.Goal.RUN
        && (slot.generation() == aim ? !slot.settled() : slot.workers().size() > 1);
  }

  private static void move(Turn turn, Slot slot, int aim) {
    turn.pool = turn.pool.with(slot.wanting(aim));
    if (turn.pool.rollout().isPresent()) {
      turn.add(new Effect.Progress("slot " + slot.index() + ": moving to generation " + aim));
    }
    if (turn.pool.stopsFirst()) {
      slot.workers().stream().filter(w -> w.generation() != aim).forEach(w -> retire(turn, w));
    }
  }

  private static void finish(Turn turn, Rollout rollout) {
    boolean more = rollout.paused() || rollout.stage() != Rollout.Stage.ALL;
    if (more && !rollout.goesBack()) {
      return;
    }
    boolean over =
        turn.pool.slots().stream()
            .filter(s -> s.goal() == Slot.Goal.RUN)
            .allMatch(s -> s.generation() == rollout.aim() && s.settled());
    if (!over) {
      return;
    }
    if (rollout.goesBack()) {
      end(turn, rollout, false, rollout.failure());
    } else {
      end(turn, rollout, true, "generation " + rollout.to() + " serves");
    }
  }

  private static void end(Turn turn, Rollout rollout, boolean done, String text) {
    turn.pool = turn.pool.rolled(rollout.aim());
    turn.add(
        new Effect.Note(
            done ? Effect.Note.Kind.INFO : Effect.Note.Kind.WARNING,
            turn.pool.name(),
            done ? text : "rolled back to generation " + rollout.aim() + ": " + text));
    turn.add(new Effect.RolloutOver(done, rollout.aim(), rollout.to(), text, rollout.failed()));
  }

  /** A worker ended by itself during a rollout. */
  static void failed(Turn turn, Rollout rollout, Worker w) {
    String how = w.id() + ": " + w.reason();
    if (!rollout.goesBack() && w.generation() == rollout.to()) {
      turn.add(new Effect.Progress(how + "; going back to generation " + rollout.from()));
      turn.pool = turn.pool.rolling(rollout.back(how, Optional.of(w.id())));
    } else if (rollout.goesBack()
        && !w.id().spare()
        && w.generation() == rollout.from()
        && w.startedAt() >= rollout.startedAt()) {
      // The old generation does not start either: whoever serves now serves on, and the slot goes
      // on trying. Nothing is gained by letting the operator wait for it. (An old worker that has
      // served all along and crashes now says nothing about starting: its slot tries again.)
      end(turn, rollout, false, rollout.failure() + "; going back failed too: " + how);
    }
  }
}
