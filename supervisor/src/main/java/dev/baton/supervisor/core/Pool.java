package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The workers that run one plugin. Immutable.
 *
 * @param generation the one that serves
 * @param lastGeneration the highest that was ever tried, so that no number is used twice
 * @param firstRun the run with which a new slot begins: above all that left logs behind
 * @param slots in order of their index; one that was scaled away stays, so that its runs go on
 * @param spares the places of spares, which are slots without descriptors
 * @param rollout the one under way
 */
public record Pool(
    String name,
    PoolSettings settings,
    Phase phase,
    int generation,
    int lastGeneration,
    int target,
    int firstRun,
    List<Slot> slots,
    List<Slot> spares,
    Optional<Rollout> rollout) {

  /** Whether a pool as a whole should run. */
  public enum Phase {
    NEW,
    RUNNING,
    STOPPING,
    STOPPED
  }

  public Pool {
    slots = List.copyOf(slots);
    spares = List.copyOf(spares);
  }

  /** A pool that has not begun. */
  public static Pool create(String name, PoolSettings settings, int target, int firstRun) {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < target; i++) {
      slots.add(Slot.fresh(i, 1, firstRun));
    }
    List<Slot> spares = new ArrayList<>();
    for (int i = 0; i < settings.spares(); i++) {
      spares.add(Slot.fresh(WorkerId.FIRST_SPARE + i, 1, firstRun));
    }
    return new Pool(
        name, settings, Phase.NEW, 1, 1, target, firstRun, slots, spares, Optional.empty());
  }

  /** By other settings; places of spares that are too many stay, without a spare. */
  Pool configured(PoolSettings next) {
    List<Slot> places = new ArrayList<>(spares);
    for (int i = places.size(); i < next.spares(); i++) {
      places.add(Slot.fresh(WorkerId.FIRST_SPARE + i, generation, firstRun));
    }
    return new Pool(
        name, next, phase, generation, lastGeneration, target, firstRun, slots, places, rollout);
  }

  Pool in(Phase next) {
    return new Pool(
        name, settings, next, generation, lastGeneration, target, firstRun, slots, spares, rollout);
  }

  /** Replaces the slot, or place of a spare, of the same index. */
  Pool with(Slot slot) {
    return slot.index() < WorkerId.FIRST_SPARE
        ? withPlaces(replaced(slots, slot), spares, target)
        : withPlaces(slots, replaced(spares, slot), target);
  }

  private static List<Slot> replaced(List<Slot> all, Slot slot) {
    List<Slot> next = new ArrayList<>(all);
    next.set(place(slot.index()), slot);
    return next;
  }

  /** Where a slot, or place of a spare, is in its list: none ever leaves it. */
  private static int place(int index) {
    return index < WorkerId.FIRST_SPARE ? index : index - WorkerId.FIRST_SPARE;
  }

  Pool withSlots(List<Slot> next, int nextTarget) {
    return withPlaces(next, spares, nextTarget);
  }

  private Pool withPlaces(List<Slot> next, List<Slot> nextSpares, int nextTarget) {
    return new Pool(
        name,
        settings,
        phase,
        generation,
        lastGeneration,
        nextTarget,
        firstRun,
        next,
        nextSpares,
        rollout);
  }

  Pool rolling(Rollout next) {
    return new Pool(
        name,
        settings,
        phase,
        generation,
        Math.max(lastGeneration, next.to()),
        target,
        firstRun,
        slots,
        spares,
        Optional.of(next));
  }

  /** The rollout is over; {@code serving} is the generation from now on. */
  Pool rolled(int serving) {
    return new Pool(
        name,
        settings,
        phase,
        serving,
        lastGeneration,
        target,
        firstRun,
        slots,
        spares,
        Optional.empty());
  }

  /** A worker that has not exited. */
  public Optional<Worker> worker(WorkerId id) {
    return slot(id.slot()).flatMap(s -> s.find(id));
  }

  /** All that can have workers: the slots and the places of spares. */
  public List<Slot> places() {
    return Stream.concat(slots.stream(), spares.stream()).toList();
  }

  /** In the same time for any number of slots: it is asked for each of them at each event. */
  Optional<Slot> slot(int index) {
    List<Slot> all = index < WorkerId.FIRST_SPARE ? slots : spares;
    int place = place(index);
    return place >= 0 && place < all.size() ? Optional.of(all.get(place)) : Optional.empty();
  }

  /** A slot that should have a worker. */
  Optional<Slot> wanted(int index) {
    return slot(index).filter(s -> s.goal() == Slot.Goal.RUN);
  }

  /** The generation that slots are to be of. */
  int aim() {
    return rollout.map(Rollout::aim).orElse(generation);
  }

  /** Whether a worker leaves before its successor starts. */
  boolean stopsFirst() {
    return surge() == 0;
  }

  /** How many slots may be between two generations. */
  int atATime() {
    return Math.max(1, surge());
  }

  private int surge() {
    return rollout.map(r -> r.plan().surge()).orElse(settings.surge());
  }

  /** The earliest moment at which {@link PoolEvent.Tick} changes something. */
  public long nextDeadline() {
    long next = rollout.map(Rollout::judgeAt).orElse(Worker.NONE);
    for (Slot s : slots) {
      if (phase == Phase.RUNNING && s.wantsStart(stopsFirst())) {
        next = Math.min(next, s.retryAt());
      }
    }
    for (Slot s : spares) {
      if (phase == Phase.RUNNING && s.wantsStart(true) && Spares.mayStart(this)) {
        next = Math.min(next, s.retryAt());
      }
    }
    for (Slot s : places()) {
      for (Worker w : s.workers()) {
        next = Math.min(next, w.deadline());
      }
    }
    return next;
  }

  /** How many workers serve. */
  public int serving() {
    return (int) slots.stream().filter(Slot::serving).count();
  }

  /** Whether a generation may still be spawned or has a worker. */
  public boolean uses(int wanted) {
    return wanted == generation
        || rollout.map(r -> r.from() == wanted || r.to() == wanted).orElse(false)
        || places().stream()
            .anyMatch(
                s ->
                    s.generation() == wanted || s.first(w -> w.generation() == wanted).isPresent());
  }
}
