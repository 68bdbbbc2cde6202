package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A pool as a new supervisor finds it: workers serve that another one has started. */
public final class Survivors {
  private Survivors() {}

  /**
   * A pool that goes on with those who serve; what was under way when its supervisor ended is taken
   * back, since the generation that served is the one that is aimed at.
   *
   * @param fresh the pool as it would begin without them
   * @param generation the one that served
   * @param lastGeneration the highest that was ever tried
   * @param adopted in any order; none of them a spare
   * @param histories of slots, as far as they are known
   */
  public static Pool in(
      Pool fresh,
      int generation,
      int lastGeneration,
      List<Survivor> adopted,
      Map<Integer, SlotHistory> histories,
      long now) {
    List<Slot> slots = new ArrayList<>();
    int places = adopted.stream().mapToInt(s -> s.id().slot() + 1).max().orElse(0);
    for (int i = 0; i < Math.max(fresh.target(), places); i++) {
      SlotHistory history = histories.getOrDefault(i, SlotHistory.EMPTY);
      slots.add(slot(fresh, i, generation, adopted, history, now));
    }
    List<Slot> spares =
        fresh.spares().stream()
            .map(s -> Slot.fresh(s.index(), generation, fresh.firstRun()))
            .toList();
    return new Pool(
        fresh.name(),
        fresh.settings(),
        fresh.phase(),
        generation,
        Math.max(generation, lastGeneration),
        fresh.target(),
        fresh.firstRun(),
        slots,
        spares,
        fresh.rollout());
  }

  private static Slot slot(
      Pool fresh,
      int index,
      int generation,
      List<Survivor> adopted,
      SlotHistory history,
      long now) {
    List<Worker> workers =
        adopted.stream()
            .filter(s -> s.id().slot() == index)
            .sorted(Comparator.comparingInt(s -> s.id().run()))
            .map(s -> worker(fresh.settings(), s, now))
            .toList();
    int nextRun = fresh.firstRun();
    for (Worker w : workers) {
      nextRun = Math.max(nextRun, w.id().run() + 1);
    }
    Slot.Goal goal = index < fresh.target() ? Slot.Goal.RUN : Slot.Goal.STOP;
    return new Slot(index, goal, wanted(workers, generation), nextRun, workers, history);
  }

  /** Who serves is not replaced before somebody else does: the pool moves the slot in its turn. */
  private static int wanted(List<Worker> workers, int generation) {
    if (workers.stream().anyMatch(w -> w.serving() && w.generation() == generation)) {
      return generation;
    }
    return workers.stream()
        .filter(Worker::serving)
        .mapToInt(Worker::generation)
        .max()
        .orElse(generation);
  }

  private static Worker worker(PoolSettings settings, Survivor s, long now) {
    WorkerState state = s.draining() ? WorkerState.DRAINING : WorkerState.READY;
    long deadline = s.draining() ? now + settings.drainTimeout() : Worker.NONE;
    return new Worker(
        s.id(),
        s.generation(),
        state,
        deadline,
        s.startedAt(),
        s.startedAt(),
        s.draining(),
        false,
        s.draining() ? "retired" : "",
        now);
  }
}
