package dev.baton.supervisor.runtime;

import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.SlotHistory;
import dev.baton.supervisor.core.Survivor;
import dev.baton.supervisor.core.Survivors;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.state.PoolMemory;
import dev.baton.supervisor.state.PoolRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an earlier supervisor has left of a pool.
 *
 * @param record what it wrote down of the pool; empty when nothing, or nothing that can be read
 * @param orphans its workers; each is consumed by who adopts it
 * @param memory what the program before this one knew of it; empty after a supervisor's death
 */
public record EarlierPool(
    Optional<PoolRecord> record, List<Orphan> orphans, Optional<PoolMemory> memory) {
  /** Nothing. */
  public static final EarlierPool NONE =
      new EarlierPool(Optional.empty(), List.of(), Optional.empty());

  /** Whether it goes on; else it begins. */
  private boolean goesOn() {
    return !orphans.isEmpty() || memory.isPresent();
  }

  /**
   * How many workers an operator wanted, which holds unless the file has changed since; empty where
   * nobody serves any more.
   */
  Optional<Integer> target(int configured) {
    return record.filter(r -> goesOn() && r.configured() == configured).map(PoolRecord::target);
  }

  /** The highest number of a connection that one of them has; 0 when none has any. */
  long lastConnection() {
    return orphans.stream()
        .flatMap(o -> o.said().connections().stream())
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  /** A pool that goes on with these workers; as it is where there are none. */
  Pool resumed(Pool fresh, long now) {
    if (!goesOn()) {
      return fresh;
    }
    List<Survivor> survivors = orphans.stream().map(o -> survivor(o, now)).toList();
    int newest = survivors.stream().mapToInt(Survivor::generation).max().orElse(fresh.generation());
    return Survivors.in(
        fresh,
        record.map(PoolRecord::generation).orElse(newest),
        record.map(PoolRecord::lastGeneration).orElse(newest),
        survivors,
        histories(now),
        now);
  }

  private Map<Integer, SlotHistory> histories(long now) {
    Map<Integer, SlotHistory> all = new HashMap<>();
    memory.ifPresent(m -> m.slots().forEach(s -> all.put(s.slot(), history(s, now))));
    return all;
  }

  private static SlotHistory history(PoolMemory.SlotMemory s, long now) {
    return new SlotHistory(
        s.failures(),
        s.looping(),
        s.retryIn() == 0 ? 0 : now + s.retryIn(),
        s.spareIn() == 0 ? 0 : now + s.spareIn(),
        s.restarts(),
        s.lastEnd(),
        s.recentAges().stream().map(age -> now - age).toList(),
        rest(s.rest()),
        s.endedAge() < 0 ? Worker.NONE : now - s.endedAge());
  }

  /** One that this program does not know means a start that comes too soon at worst. */
  private static SlotHistory.Rest rest(String name) {
    return Stream.of(SlotHistory.Rest.values())
        .filter(r -> r.name().equals(name))
        .findFirst()
        .orElse(SlotHistory.Rest.NONE);
  }

  private static Survivor survivor(Orphan o, long now) {
    return new Survivor(o.id(), o.record().generation(), o.said().draining(), now - o.ageNanos());
  }
}
