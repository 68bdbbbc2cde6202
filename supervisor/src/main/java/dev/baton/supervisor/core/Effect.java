package dev.baton.supervisor.core;

import java.util.Optional;

/** What the core wants done. Effects are carried out in order; none blocks. */
public sealed interface Effect {
  /**
   * Start a process for a new worker.
   *
   * @param quiet whether it may take long, since it will probably come to nothing
   */
  record Spawn(WorkerId worker, int generation, boolean quiet) implements Effect {}

  /** Answer its hello with welcome. */
  record Greet(WorkerId worker, int generation) implements Effect {}

  /** Give it the offers of its pool, and start. */
  record Start(WorkerId worker, int generation) implements Effect {}

  /** A spare has taken a slot: from now on it has another id. */
  record Take(WorkerId spare, WorkerId worker) implements Effect {}

  /** Ask it to drain until the deadline. */
  record SendDrain(WorkerId worker, long deadline) implements Effect {}

  /** Ask it to exit until the deadline. */
  record SendStop(WorkerId worker, long deadline) implements Effect {}

  /** QUIT to the process, at which a JVM writes a thread dump to its output, and goes on. */
  record DumpThreads(WorkerId worker) implements Effect {}

  /** TERM to the process. */
  record Terminate(WorkerId worker) implements Effect {}

  /** KILL to the process and all of its group. */
  record Kill(WorkerId worker) implements Effect {}

  /** Something for the journal and the log. */
  record Note(Kind kind, String subject, String text) implements Effect {
    /** How an operator should take it. */
    public enum Kind {
      INFO,
      WARNING
    }
  }

  /** A line for the command that waits for the rollout. */
  record Progress(String text) implements Effect {}

  /**
   * The rollout is over.
   *
   * @param done whether the new generation serves; otherwise the old one does
   * @param generation that serves from now on
   * @param tried the new one
   * @param failed the worker whose end decided it
   */
  record RolloutOver(
      boolean done, int generation, int tried, String text, Optional<WorkerId> failed)
      implements Effect {}

  /**
   * A worker was to be replaced by another of its generation.
   *
   * @param worker the one to be replaced
   * @param done whether the other serves; otherwise it ended before it did
   */
  record RecycleOver(WorkerId worker, boolean done) implements Effect {}

  /** The canary has been held for long enough: {@link PoolEvent.Judged} is to follow. */
  record Judge() implements Effect {}

  /** A command that cannot be followed now. */
  record Refused(String reason) implements Effect {}

  /** No worker of a stopping pool is left. */
  record PoolStopped() implements Effect {}
}
