package dev.baton.supervisor.core;

/**
 * One worker as the core sees it. Immutable.
 *
 * @param id who
 * @param generation which rollout of the pool it belongs to
 * @param state where it is
 * @param deadline when the state has lasted too long; {@link #NONE} when it may last
 * @param startedAt when its spawning was asked for
 * @param readyAt when it became ready; {@link #NONE} when it never did
 * @param retired whether it was told to leave, so that its end is no failure
 * @param outgoing whether it serves until another of its generation serves in its slot
 * @param reason why it leaves or left; empty while there is none
 * @param since when it came to its state
 */
public record Worker(
    WorkerId id,
    int generation,
    WorkerState state,
    long deadline,
    long startedAt,
    long readyAt,
    boolean retired,
    boolean outgoing,
    String reason,
    long since) {

  /** No such time. */
  public static final long NONE = Long.MAX_VALUE;

  /** One that has been in its state since its start. */
  Worker(
      WorkerId id,
      int generation,
      WorkerState state,
      long deadline,
      long startedAt,
      long readyAt,
      boolean retired,
      boolean outgoing,
      String reason) {
    this(id, generation, state, deadline, startedAt, readyAt, retired, outgoing, reason, startedAt);
  }

  /** Without a deadline until its process exists: a start may have to wait its turn. */
  static Worker starting(WorkerId id, int generation, long now) {
    return new Worker(id, generation, WorkerState.STARTING, NONE, now, NONE, false, false, "");
  }

  /** The same process in another place. */
  Worker as(WorkerId taken) {
    return new Worker(
        taken, generation, state, deadline, startedAt, readyAt, retired, outgoing, reason, since);
  }

  Worker in(WorkerState next, long nextDeadline) {
    return new Worker(
        id, generation, next, nextDeadline, startedAt, readyAt, retired, outgoing, reason, since);
  }

  Worker readySince(long now) {
    return new Worker(
        id, generation, WorkerState.READY, NONE, startedAt, now, retired, outgoing, reason, since);
  }

  Worker retire() {
    return new Worker(
        id, generation, state, deadline, startedAt, readyAt, true, false, reason, since);
  }

  Worker outgoing(boolean next) {
    return new Worker(
        id, generation, state, deadline, startedAt, readyAt, retired, next, reason, since);
  }

  /** In its state from now on. */
  Worker since(long now) {
    return new Worker(
        id, generation, state, deadline, startedAt, readyAt, retired, outgoing, reason, now);
  }

  /** The first reason is the cause; what follows from it is not. */
  Worker because(String why) {
    return reason.isEmpty()
        ? new Worker(
            id, generation, state, deadline, startedAt, readyAt, retired, outgoing, why, since)
        : this;
  }

  /** Whether it serves or may come to. */
  public boolean promising() {
    return !retired
        && (state == WorkerState.STARTING
            || state == WorkerState.HANDSHAKING
            || state == WorkerState.SPARE
            || state == WorkerState.READY);
  }

  /** Whether it has no process yet and waits for its turn. */
  boolean queued() {
    return state == WorkerState.STARTING && deadline == NONE;
  }

  /** Whether it serves and is not told to leave. */
  public boolean serving() {
    return !retired && state == WorkerState.READY;
  }
}
