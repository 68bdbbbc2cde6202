package dev.baton.supervisor.runtime;

import dev.baton.supervisor.adoption.Orphan;
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
}
