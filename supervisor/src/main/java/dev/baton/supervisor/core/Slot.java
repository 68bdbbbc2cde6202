package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A numbered place in a pool. Its goal is kept apart from the state of its workers, of which there
 * are two while one replaces the other. Immutable.
 *
 * @param index from 0
 * @param goal whether it should have a worker
 * @param generation the one its worker should be of
 * @param nextRun the run of its next worker
 * @param workers all that have not exited
 * @param history of those that ended without having been told to
 */
public record Slot(
    int index, Goal goal, int generation, int nextRun, List<Worker> workers, SlotHistory history) {

  /** What should be. */
  public enum Goal {
    RUN,
    STOP
  }

  public Slot {
    workers = List.copyOf(workers);
  }

  static Slot fresh(int index, int generation, int firstRun) {
    return new Slot(index, Goal.RUN, generation, firstRun, List.of(), SlotHistory.EMPTY);
  }

  Slot aimedAt(Goal next) {
    return new Slot(index, next, generation, nextRun, workers, history);
  }

  /** Another generation is wanted, which has not failed yet. */
  Slot wanting(int next) {
    return new Slot(index, goal, next, nextRun, workers, history.forgiven());
  }

  Slot with(SlotHistory next) {
    return new Slot(index, goal, generation, nextRun, workers, next);
  }

  /** The generation that serves is wanted, if one does: no other is tried any more. */
  Slot wantingWhoServes() {
    return served() ? this : first(Worker::serving).map(w -> wanting(w.generation())).orElse(this);
  }

  /** With a worker of its {@link #nextRun}. */
  Slot withNew(Worker worker) {
    List<Worker> more = new ArrayList<>(workers);
    more.add(worker);
    return new Slot(index, goal, generation, nextRun + 1, more, history.started());
  }

  /** Its worker has gone to another slot. */
  Slot without(WorkerId taken) {
    List<Worker> rest = new ArrayList<>(workers);
    rest.removeIf(w -> w.id().equals(taken));
    return new Slot(index, goal, generation, nextRun, rest, history);
  }

  /** Replaces the worker of the same id, or removes it once it has exited. */
  Slot with(Worker worker) {
    List<Worker> next = new ArrayList<>();
    for (Worker w : workers) {
      if (!w.id().equals(worker.id())) {
        next.add(w);
      } else if (worker.state() != WorkerState.EXITED) {
        next.add(worker);
      }
    }
    return new Slot(index, goal, generation, nextRun, next, history);
  }

  /** Ends in a row of workers that were not told to leave. */
  public int failures() {
    return history.failures();
  }

  /** No start before; 0 when there is no backoff. */
  public long retryAt() {
    return history.retryAt();
  }

  /** Ends since the supervisor's start of workers that were not told to leave. */
  public int restarts() {
    return history.restarts();
  }

  /** How the last worker that was not told to leave ended; empty when none has. */
  public String lastEnd() {
    return history.lastEnd();
  }

  /** Why it is left without a worker although it should have one. */
  public SlotHistory.Rest rest() {
    return history.rest();
  }

  /** Whether no start follows until somebody acts. */
  boolean rests() {
    return history.rest() != SlotHistory.Rest.NONE;
  }

  /** Whether a start waits, for its time or for an operator. */
  public boolean delayed() {
    return goal == Goal.RUN && (rests() || history.retryAt() > 0);
  }

  Optional<Worker> find(WorkerId id) {
    return first(w -> w.id().equals(id));
  }

  Optional<Worker> first(Predicate<Worker> wanted) {
    for (Worker w : workers) { // no stream: it is asked for each slot at each event
      if (wanted.test(w)) {
        return Optional.of(w);
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a start is due once {@link #retryAt} has come: nobody has the place, or only who is
   * outgoing, and there is room, which is two at most, and with {@code stopFirst} only who was not
   * told to leave.
   */
  boolean wantsStart(boolean stopFirst) {
    boolean taken =
        first(w -> !w.retired() && !w.outgoing() && w.generation() == generation).isPresent();
    boolean full = workers.size() > 1 || stopFirst && first(Worker::retired).isPresent();
    return goal == Goal.RUN && !rests() && !taken && !full;
  }

  /** Whether a worker serves, of whatever generation. */
  public boolean serving() {
    return first(Worker::serving).isPresent();
  }

  /** Whether a worker of the wanted generation serves, and is to go on with it. */
  boolean served() {
    return first(w -> w.serving() && !w.outgoing() && w.generation() == generation).isPresent();
  }

  /** The worker that is being recycled. */
  Optional<Worker> outgoing() {
    return first(Worker::outgoing);
  }

  /** Whether somebody is to serve in it and nobody does yet. */
  boolean comingUp() {
    return goal == Goal.RUN && !serving() && first(Worker::promising).isPresent();
  }

  /**
   * Whether it is as wanted, which is one serving worker of the wanted generation and no other, or
   * as near to it as it comes by itself.
   */
  boolean settled() {
    return goal == Goal.STOP || rests() ? workers.isEmpty() : workers.size() == 1 && served();
  }
}
