package dev.baton.supervisor.runtime;

import dev.baton.protocol.Numbers;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.loop.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Which configuration each generation of a pool is of: the one that serves, and, while a reload
 * rolls the pool, the one that is tried. Whatever is left of one that is given up stays until its
 * last worker has ended. Only for the loop's thread, but for {@link #figures}.
 */
final class PoolVersions {
  /** For what waited with a dead worker to go to the others. */
  private static final long LAST_WAY = TimeUnit.SECONDS.toNanos(1);

  private final List<PoolVersion> all = new CopyOnWriteArrayList<>();
  private final Map<WorkerId, PoolVersion> ofWorkers = new HashMap<>();
  private final List<PoolVersion> closing = new ArrayList<>();
  private final Loop loop;
  private PoolVersion serving;
  private PoolVersion tried;
  private int triedBy;

  PoolVersions(Loop loop) {
    this.loop = loop;
  }

  /** The one of the first generation. */
  void begin(PoolVersion first) {
    serving = first;
    all.add(first);
  }

  /** A rollout to this generation is about to begin. */
  void trial(PoolVersion version, int generation) {
    all.add(version);
    tried = version;
    triedBy = generation;
  }

  /** There will be no such rollout, or it is over. */
  void decided(boolean done) {
    if (tried != null && done) {
      serving = tried;
    }
    tried = null;
    clean();
  }

  private void clean() {
    for (PoolVersion version : all) {
      if (version != serving && version != tried && !ofWorkers.containsValue(version)) {
        all.remove(version);
        closing.add(version);
        loop.timers().at(loop.now() + LAST_WAY, () -> closeLater(version));
      }
    }
  }

  private void closeLater(PoolVersion version) {
    if (closing.remove(version)) {
      version.connections().close();
    }
  }

  /** The one that serves, or is to serve. */
  PoolVersion serving() {
    return serving;
  }

  PoolVersion of(int generation) {
    return tried != null && generation == triedBy ? tried : serving;
  }

  /** A worker is to be started. */
  PoolVersion starting(WorkerId worker, int generation) {
    PoolVersion version = of(generation);
    ofWorkers.put(worker, version);
    return version;
  }

  /** A spare goes by another id from now on. */
  PoolVersion renamed(WorkerId spare, WorkerId worker) {
    PoolVersion version = of(spare);
    ofWorkers.remove(spare);
    ofWorkers.put(worker, version);
    return version;
  }

  PoolVersion of(WorkerId worker) {
    return ofWorkers.getOrDefault(worker, serving);
  }

  /** To be called with every new state of the pool, before its effects are carried out. */
  void settle(Pool pool) {
    if (all.size() == 1) { // without a look at every worker
      serving.connections().settle(pool, null);
      return;
    }
    Set<PoolVersion> serve = new HashSet<>();
    pool.slots().stream()
        .flatMap(s -> s.workers().stream())
        .filter(Worker::serving)
        .forEach(w -> serve.add(of(w.id())));
    // Who comes first, or in between nobody would accept.
    serve.forEach(v -> v.connections().settle(pool, null));
    for (PoolVersion v : all) {
      if (!serve.contains(v)) {
        v.connections().settle(pool, instead(v, serve));
      }
    }
  }

  private PoolConnections instead(PoolVersion idle, Set<PoolVersion> serve) {
    PoolVersion other =
        serve.isEmpty() || serve.contains(serving) ? serving : serve.iterator().next();
    return other == idle ? null : other.connections();
  }

  /** The worker is dead, and its channel was read to the end. */
  void reaped(WorkerId worker) {
    of(worker).connections().reaped(worker);
    ofWorkers.remove(worker);
    clean();
  }

  /** It was never a process. */
  void forget(WorkerId worker) {
    ofWorkers.remove(worker);
    clean();
  }

  void claimed(WorkerId worker, Numbers taken) {
    of(worker).connections().claimed(worker, taken);
  }

  void refused(WorkerId worker, Numbers given) {
    of(worker).connections().refused(worker, given);
  }

  void closed(WorkerId worker, Numbers ended) {
    of(worker).connections().closed(worker, ended);
  }

  /** What became of the connections that were handed over. Any thread. */
  Optional<DispatchFigures> figures() {
    List<DispatchFigures> figures = new ArrayList<>();
    all.forEach(v -> v.connections().figures().ifPresent(figures::add));
    return figures.stream().reduce(DispatchFigures::plus);
  }

  /** See {@link PoolConnections#standStill}. */
  void standStill(boolean on) {
    all.forEach(v -> v.connections().standStill(on));
  }

  /** Whether all that was accepted is claimed, while it stands still. */
  boolean stillEmpty() {
    return all.stream().allMatch(v -> v.connections().stillEmpty());
  }

  /** To be called now and then. */
  void look(Pool pool) {
    all.forEach(v -> v.connections().look(pool));
  }

  /** A listener has ended: nothing more is accepted from it. */
  void ended(String listener) {
    all.forEach(v -> v.connections().ended(listener));
  }

  /** Whether a connection that came by a listener is on its way to a worker. */
  boolean unclaimed(String listener) {
    return figures()
        .flatMap(f -> Optional.ofNullable(f.listeners().get(listener)))
        .filter(l -> l.connections().waiting() + l.connections().unclaimed() > 0)
        .isPresent();
  }

  void close() {
    all.forEach(v -> v.connections().close());
    closing.forEach(v -> v.connections().close());
    closing.clear();
  }
}
