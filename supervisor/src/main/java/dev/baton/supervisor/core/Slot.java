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
 * @param failures ends by themselves in a row
 * @param retryAt no start before; 0 when there is no backoff
 * @param restarts ends by themselves since the supervisor's start
 * @param lastEnd how the last worker that was not told to leave ended; empty when none has
 */
public record Slot(
    int index,
    Goal goal,
    int generation,
    int nextRun,
    List<Worker> workers,
    int failures,
    long retryAt,
    int restarts,
    String lastEnd) {

  /** What should be. */
  public enum Goal {
    RUN,
    STOP
  }

  public Slot {
    workers = List.copyOf(workers);
  }

  static Slot fresh(int index, int generation, int firstRun) {
    return new Slot(index, Goal.RUN, generation, firstRun, List.of(), 0, 0, 0, "");
  }

  Slot aimedAt(Goal next) {
    return new Slot(
        index, next, generation, nextRun, workers, failures, retryAt, restarts, lastEnd);
  }

  /** Another generation is wanted, which has not failed yet. */
  Slot wanting(int next) {
    return new Slot(index, goal, next, nextRun, workers, 0, 0, restarts, lastEnd);
  }

  /** The generation that serves is wanted, if one does: no other is tried any more. */
  Slot wantingWhoServes() {
    return served() ? this : first(Worker::serving).map(w -> wanting(w.generation())).orElse(this);
  }

  Slot withNew(Worker worker) {
    List<Worker> more = new ArrayList<>(workers);
    more.add(worker);
    return new Slot(index, goal, generation, nextRun + 1, more, failures, 0, restarts, lastEnd);
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
    return new Slot(index, goal, generation, nextRun, next, failures, retryAt, restarts, lastEnd);
  }

  /** A worker that is not wanted any more ended by itself: counted, but no start waits for it. */
  Slot lost(String how) {
    return new Slot(
        index, goal, generation, nextRun, workers, failures, retryAt, restarts + 1, how);
  }

  Slot failed(int inARow, long retry, String how) {
    return new Slot(index, goal, generation, nextRun, workers, inARow, retry, restarts + 1, how);
  }

  Optional<Worker> find(WorkerId id) {
    return first(w -> w.id().equals(id));
  }

  Optional<Worker> first(Predicate<Worker> wanted) {
    return workers.stream().filter(wanted).findFirst();
  }

  /**
   * Whether a start is due once {@link #retryAt} has come: nobody has the place, and there is room,
   * which is two at most, and with {@code stopFirst} only who was not told to leave.
   */
  boolean wantsStart(boolean stopFirst) {
    boolean taken = first(w -> !w.retired() && w.generation() == generation).isPresent();
    boolean full = workers.size() > 1 || stopFirst && first(Worker::retired).isPresent();
    return goal == Goal.RUN && !taken && !full;
  }

  /** Whether a worker serves, of whatever generation. */
  public boolean serving() {
    return first(Worker::serving).isPresent();
  }

  /** Whether a worker of the wanted generation serves. */
  boolean served() {
    return first(w -> w.serving() && w.generation() == generation).isPresent();
  }

  /** Whether it is as wanted: one serving worker of the wanted generation and no other. */
  boolean settled() {
    return goal == Goal.STOP ? workers.isEmpty() : workers.size() == 1 && served();
  }
}
