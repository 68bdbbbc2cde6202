package dev.baton.supervisor.core;

import java.util.Optional;

/**
 * The replacing of every worker of a pool by one of another generation.
 *
 * @param from the generation that serves until it is over
 * @param to the new one
 * @param startedAt when it began
 * @param stage how far it has come, while it goes forward
 * @param judgeAt when the canary has been held for long enough; {@link Worker#NONE} at other times
 * @param paused whether no further slot is moved until the operator says so
 * @param failure why it is being taken back; empty while it goes forward
 * @param failed the worker whose end decided that
 */
public record Rollout(
    int from,
    int to,
    RolloutPlan plan,
    long startedAt,
    Stage stage,
    long judgeAt,
    boolean paused,
    String failure,
    Optional<WorkerId> failed) {

  /** How far a rollout has come. */
  public enum Stage {
    /** The first slots are moved. */
    CANARY,
    /** They serve, and are watched. */
    HOLD,
    /** All others follow. */
    ALL
  }

  static Rollout begin(int from, int to, RolloutPlan plan, long now) {
    Stage stage = plan.canary() > 0 ? Stage.CANARY : Stage.ALL;
    return new Rollout(from, to, plan, now, stage, Worker.NONE, false, "", Optional.empty());
  }

  Rollout back(String why, Optional<WorkerId> who) {
    return new Rollout(from, to, plan, startedAt, stage, Worker.NONE, false, why, who);
  }

  Rollout in(Stage next, long nextJudgement) {
    return new Rollout(from, to, plan, startedAt, next, nextJudgement, paused, failure, failed);
  }

  Rollout paused(boolean now) {
    return new Rollout(from, to, plan, startedAt, stage, judgeAt, now, failure, failed);
  }

  /** Not to be paused after the canary either. */
  Rollout resumed(long nextJudgement) {
    RolloutPlan on = new RolloutPlan(plan.surge(), plan.canary(), plan.hold(), false);
    return new Rollout(from, to, on, startedAt, stage, nextJudgement, false, failure, failed);
  }

  /** Whether it is being taken back. */
  public boolean goesBack() {
    return !failure.isEmpty();
  }

  /** The generation that slots are moved to now. */
  int aim() {
    return goesBack() ? from : to;
  }

  /** How many slots may have been moved by now. */
  int mayHaveMoved() {
    return switch (stage) {
      case CANARY, HOLD -> plan.canary();
      case ALL -> Integer.MAX_VALUE;
    };
  }
}
