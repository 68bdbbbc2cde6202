package dev.baton.supervisor.core;

import java.util.List;
import java.util.Optional;

/** What a rollout does between its first slots and the others. */
final class Canary {
  private Canary() {}

  /** Begins the hold when the first slots serve, and asks for the judgement when it is over. */
  static void settle(Turn turn, Rollout rollout) {
    if (rollout.goesBack()) {
      return;
    }
    if (rollout.stage() == Rollout.Stage.CANARY && served(turn.pool, rollout)) {
      turn.pool =
          turn.pool.rolling(rollout.in(Rollout.Stage.HOLD, turn.now + rollout.plan().hold()));
      turn.step("the canary serves, " + workers(rollout) + "; it is held for " + seconds(rollout));
    } else if (rollout.stage() == Rollout.Stage.HOLD && rollout.judgeAt() <= turn.now) {
      turn.pool = turn.pool.rolling(rollout.in(Rollout.Stage.HOLD, Worker.NONE));
      turn.add(new Effect.Judge());
    }
  }

  private static boolean served(Pool pool, Rollout rollout) {
    List<Slot> all = pool.slots().stream().filter(s -> s.goal() == Slot.Goal.RUN).toList();
    long moved = all.stream().filter(s -> s.generation() == rollout.to() && s.settled()).count();
    return moved >= Math.min(rollout.plan().canary(), all.size());
  }

  private static String workers(Rollout rollout) {
    int canary = rollout.plan().canary();
    return canary + (canary == 1 ? " worker" : " workers") + " of generation " + rollout.to();
  }

  private static String seconds(Rollout rollout) {
    return String.format("%.1f s", rollout.plan().hold() / 1e9);
  }

  /** Nothing speaks against the canary, or what does; at the end of the hold or before. */
  static void judged(Turn turn, PoolEvent.Judged event) {
    Rollout rollout = turn.pool.rollout().filter(r -> !r.goesBack()).orElse(null);
    if (rollout == null || rollout.stage() != Rollout.Stage.HOLD) {
      return;
    }
    if (!event.against().isEmpty()) {
      back(turn, rollout, "the canary is worse than the others: " + event.against());
    } else if (rollout.judgeAt() == Worker.NONE) {
      boolean pauses = rollout.plan().pause() || rollout.paused();
      turn.pool = turn.pool.rolling(rollout.in(Rollout.Stage.ALL, Worker.NONE).paused(pauses));
      turn.step(
          "nothing speaks against the canary"
              + (pauses ? "; paused: resume or abort " + turn.pool.name() : ""));
    }
  }

  static void pause(Turn turn) {
    Rollout rollout = forward(turn);
    if (rollout != null && rollout.paused()) {
      turn.add(new Effect.Refused("the rollout of pool " + turn.pool.name() + " is paused"));
    } else if (rollout != null) {
      turn.pool = turn.pool.rolling(rollout.paused(true));
      turn.step("paused by the operator");
    }
  }

  /** Goes on at once, also where only the time of the hold is missing. */
  static void resume(Turn turn) {
    Rollout rollout = forward(turn);
    if (rollout == null) {
      return;
    }
    boolean held = rollout.stage() == Rollout.Stage.HOLD;
    if (!rollout.paused() && !held) {
      turn.add(new Effect.Refused("the rollout of pool " + turn.pool.name() + " is not paused"));
      return;
    }
    turn.pool = turn.pool.rolling(rollout.resumed(held ? turn.now : Worker.NONE));
    turn.step("resumed by the operator");
  }

  static void abort(Turn turn) {
    Rollout rollout = forward(turn);
    if (rollout != null) {
      back(turn, rollout, "aborted by the operator");
    }
  }

  private static void back(Turn turn, Rollout rollout, String why) {
    turn.step(why + "; going back to generation " + rollout.from());
    turn.pool = turn.pool.rolling(rollout.back(why, Optional.empty()));
  }

  private static Rollout forward(Turn turn) {
    Rollout rollout = turn.pool.rollout().orElse(null);
    if (rollout == null) {
      turn.add(new Effect.Refused("no rollout of pool " + turn.pool.name() + " is under way"));
    } else if (rollout.goesBack()) {
      turn.add(
          new Effect.Refused(
              "the rollout of pool " + turn.pool.name() + " is being taken back already"));
      return null;
    }
    return rollout;
  }
}
