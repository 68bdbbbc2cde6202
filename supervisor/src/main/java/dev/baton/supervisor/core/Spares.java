package dev.baton.supervisor.core;

import java.util.Comparator;
import java.util.Optional;

/**
 * The workers of a pool that have loaded its plugin and wait for a slot. They have places of their
 * own, each with a history like a slot's, so that backoff and intensity hold for them, too. They
 * are of the generation that is aimed at: a rollout replaces them first, and tries its plugin with
 * them before it touches a slot.
 */
final class Spares {
  private Spares() {}

  /** What they should be now, and who is not leaves: they have no work that could be lost. */
  static void aim(Turn turn) {
    int generation = turn.pool.aim();
    boolean any = turn.pool.slots().stream().anyMatch(s -> mayServe(s, generation));
    int end = WorkerId.FIRST_SPARE + turn.pool.settings().spares();
    for (Slot before : turn.pool.spares()) {
      boolean wanted = any && before.index() < end;
      Slot s = before.aimedAt(wanted ? Slot.Goal.RUN : Slot.Goal.STOP);
      boolean returns = wanted && before.goal() == Slot.Goal.STOP;
      Slot aimed = returns || s.generation() != generation ? s.wanting(generation) : s;
      turn.pool = turn.pool.with(aimed);
      aimed.workers().stream()
          .filter(w -> !wanted || w.generation() != generation)
          .forEach(w -> Settling.retire(turn, w));
    }
  }

  /** Whether a slot has or may come to have a worker; one that rests is tried with the next. */
  private static boolean mayServe(Slot slot, int aim) {
    return slot.goal() == Slot.Goal.RUN && !(slot.rests() && slot.generation() == aim);
  }

  /** To be called when every slot has what it can have. */
  static void start(Turn turn) {
    for (Slot s : turn.pool.spares()) {
      // A place has one process at most, so that a pool never has more than it is configured for.
      if (s.wantsStart(true) && s.retryAt() <= turn.now && mayStart(turn.pool)) {
        turn.spawn(s);
      }
    }
  }

  /** Never ahead of a slot that has nobody: two starts at once are both late. */
  static boolean mayStart(Pool pool) {
    return pool.slots().stream().noneMatch(Slot::comingUp);
  }

  /** The one of a generation that will serve soonest; none without a process, which could wait. */
  static Optional<Worker> find(Pool pool, int generation) {
    return pool.spares().stream()
        .flatMap(s -> s.workers().stream())
        .filter(w -> w.generation() == generation && w.promising() && !w.queued())
        .min(
            Comparator.comparing(Worker::state, Comparator.reverseOrder())
                .thenComparing(Worker::startedAt));
  }

  /**
   * Whether a rollout waits for a spare, which is on its way, before it moves a slot that serves:
   * before its first step, so that the spare is the trial of the new generation, and before every
   * step that leaves a slot empty until somebody has started.
   */
  static boolean awaited(Pool pool, long now) {
    boolean first = pool.slots().stream().noneMatch(s -> s.generation() == pool.aim());
    return (first || pool.stopsFirst())
        && pool.spares().stream().noneMatch(s -> s.first(Spares::waits).isPresent())
        && pool.spares().stream().anyMatch(s -> comes(s, now));
  }

  private static boolean waits(Worker w) {
    return w.state() == WorkerState.SPARE && !w.retired();
  }

  /** Whether a spare is on its way to wait there. */
  private static boolean comes(Slot s, long now) {
    boolean starts = s.first(w -> w.promising() && w.state() != WorkerState.SPARE).isPresent();
    return starts || s.wantsStart(false) && s.retryAt() <= now;
  }
}
