package dev.baton.supervisor.runtime;

import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.Survivor;
import dev.baton.supervisor.core.Survivors;
import dev.baton.supervisor.state.PoolRecord;
import java.util.List;
import java.util.Optional;

/**
 * What an earlier supervisor has left of a pool.
 *
 * @param record what it wrote down of the pool; empty when nothing, or nothing that can be read
 * @param orphans its workers; each is consumed by who adopts it
 */
public record EarlierPool(Optional<PoolRecord> record, List<Orphan> orphans) {
  /** Nothing. */
  public static final EarlierPool NONE = new EarlierPool(Optional.empty(), List.of());

  /**
   * How many workers an operator wanted, which holds unless the file has changed since; empty where
   * nobody serves any more.
   */
  Optional<Integer> target(int configured) {
    return record
        .filter(r -> !orphans.isEmpty() && r.configured() == configured)
        .map(PoolRecord::target);
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
    if (orphans.isEmpty()) {
      return fresh;
    }
    List<Survivor> survivors = orphans.stream().map(o -> survivor(o, now)).toList();
    int newest = survivors.stream().mapToInt(Survivor::generation).max().orElseThrow();
    return Survivors.in(
        fresh,
        record.map(PoolRecord::generation).orElse(newest),
        record.map(PoolRecord::lastGeneration).orElse(newest),
        survivors,
        now);
  }

  private static Survivor survivor(Orphan o, long now) {
    return new Survivor(o.id(), o.record().generation(), o.said().draining(), now - o.ageNanos());
  }
}
