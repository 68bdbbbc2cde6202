package dev.baton.supervisor;

import dev.baton.supervisor.adoption.AdoptionSocket;
import dev.baton.supervisor.adoption.Gathering;
import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.runtime.EarlierPool;
import dev.baton.supervisor.state.PoolMemory;
import dev.baton.supervisor.state.PoolRecord;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.store.Recovered;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a supervisor that was killed has left: its workers, and with them the sockets and files that
 * they hold. Owns all of it until it is taken.
 */
final class Inheritance implements AutoCloseable {
  /** Workers come within a tenth of a second; one that has not by then is stopped or stuck. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final List<Orphan> orphans;
  private final List<PoolRecord> pools;
  private final List<PoolMemory> memories;
  private final Recovered recovered;

  private Inheritance(
      List<Orphan> orphans,
      List<PoolRecord> pools,
      List<PoolMemory> memories,
      Recovered recovered) {
    this.orphans = orphans;
    this.pools = pools;
    this.memories = memories;
    this.recovered = recovered;
  }

  /**
   * Waits for the workers, if there are any.
   *
   * @param memories what an earlier program of this process knew beside the state folder
   */
  static Inheritance take(
      Posix posix, StateFolder state, AdoptionSocket socket, List<PoolMemory> memories)
      throws IOException {
    Recovered recovered = new Recovered(posix, state.listeners());
    List<Orphan> orphans = Gathering.of(posix, state, socket, GRACE);
    for (Orphan o : orphans) {
      recovered.add(o.toString(), o.id().slot(), o.said().fds(), o.brought());
    }
    return new Inheritance(new ArrayList<>(orphans), state.pools(), memories, recovered);
  }

  /** What the store opens with; stays owned here. */
  Recovered recovered() {
    return recovered;
  }

  /** How many workers there are that nobody has taken yet. */
  int workers() {
    return orphans.size();
  }

  /** What there is of each pool; the workers are the receiver's from now on. */
  Map<String, EarlierPool> byPool() {
    Map<String, List<Orphan>> workers = new LinkedHashMap<>();
    orphans.forEach(o -> workers.computeIfAbsent(o.id().pool(), p -> new ArrayList<>()).add(o));
    orphans.clear();
    memories.forEach(m -> workers.computeIfAbsent(m.pool(), p -> new ArrayList<>()));
    Map<String, EarlierPool> all = new LinkedHashMap<>();
    workers.forEach(
        (pool, its) -> {
          Optional<PoolRecord> record =
              pools.stream().filter(p -> p.pool().equals(pool)).findFirst();
          Optional<PoolMemory> memory =
              memories.stream().filter(m -> m.pool().equals(pool)).findFirst();
          all.put(pool, new EarlierPool(record, its, memory));
        });
    return all;
  }

  @Override
  public void close() {
    recovered.close();
    orphans.forEach(Orphan::close);
  }
}
