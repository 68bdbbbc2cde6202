package dev.baton.supervisor.core;

import java.util.OptionalInt;

/** Something that happened to a pool, or that it is told to do. */
public sealed interface PoolEvent {
  /** Start the workers. */
  record Begin() implements PoolEvent {}

  /** Something about one worker; ignored when it is not known (any more). */
  record OfWorker(WorkerId worker, WorkerEvent event) implements PoolEvent {}

  /** Time has passed; deadlines may have. */
  record Tick() implements PoolEvent {}

  /** Replace every worker. */
  record Restart(RolloutPlan plan) implements PoolEvent {}

  /**
   * What was found out about the canary: at the end of its hold, or before then something that
   * speaks against it.
   *
   * @param against for the operator; empty when nothing does
   */
  record Judged(String against) implements PoolEvent {}

  /** Move no further slot for now. */
  record Pause() implements PoolEvent {}

  /** Go on with the rollout. */
  record Resume() implements PoolEvent {}

  /** Take the rollout back. */
  record Abort() implements PoolEvent {}

  /**
   * Replace one worker by another of its generation, which starts first. Passed over without a word
   * when it cannot be now.
   *
   * @param why for the journal, such as {@code "12 h old"}
   */
  record Recycle(WorkerId worker, String why) implements PoolEvent {}

  /** Have this many slots. */
  record Scale(int target) implements PoolEvent {}

  /** Go on by other settings; workers that run keep the deadlines that they have. */
  record Configure(PoolSettings settings) implements PoolEvent {}

  /**
   * Start again what waits or has failed, and forget its failures.
   *
   * @param slot the one meant; empty for all
   */
  record Reset(OptionalInt slot) implements PoolEvent {}

  /**
   * Stop every worker.
   *
   * @param now whether without draining
   */
  record Stop(boolean now) implements PoolEvent {}
}
