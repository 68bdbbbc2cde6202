package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.ResidentSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pools that there are, which reloads add to and take from, and the order in which they begin
 * and stop. Changed on the loop's thread; any thread may look.
 */
final class Pools {
  private final Surroundings around;
  private final Runnable nobody;
  private final Map<String, Runnable> leaving = new LinkedHashMap<>();
  private final ResidentSets memory = new ResidentSets();
  private final PoolOrder order;
  private volatile Map<String, PoolRuntime> all = Map.of();
  private int running;

  /**
   * @param nobody called when no pool runs any more
   */
  Pools(Surroundings around, Runnable nobody) {
    this.around = around;
    this.nobody = nobody;
    this.order = new PoolOrder(this::all, around.journal());
  }

  /**
   * One more, which begins with {@link #begin}.
   *
   * @param listeners all of the configuration, by name
   * @throws IOException when the logs of earlier runs cannot be looked through, or the system has
   *     no descriptors left
   */
  void add(PoolConfig pool, Map<String, ListenerConfig> listeners) throws IOException {
    add(pool, listeners, EarlierPool.NONE);
  }

  /** The same, with what an earlier supervisor has left of it. */
  void add(PoolConfig pool, Map<String, ListenerConfig> listeners, EarlierPool earlier)
      throws IOException {
    int firstRun = around.starter().firstRun(pool.name());
    PoolRuntime added =
        new PoolRuntime(
            pool,
            listeners,
            firstRun,
            earlier,
            around,
            memory,
            order::look,
            () -> stopped(pool.name()));
    Map<String, PoolRuntime> next = new LinkedHashMap<>(all);
    next.put(pool.name(), added);
    all = next;
    running++;
    beat(added);
  }

  private void beat(PoolRuntime pool) {
    around
        .loop()
        .timers()
        .at(
            around.loop().now() + pool.heartbeatPeriod(),
            () -> {
              if (all.get(pool.config().name()) == pool) {
                pool.heartbeat();
                beat(pool);
              }
            });
  }

  /** Begins whoever has not begun and waits for nobody, in the order that is configured now. */
  void begin() {
    order.begin();
  }

  /** Drains and stops one for good. */
  void remove(String name, Runnable removed) {
    leaving.put(name, removed);
    order.leaves(name);
  }

  private void stopped(String name) {
    running--;
    Runnable removed = leaving.remove(name);
    if (removed != null) {
      Map<String, PoolRuntime> next = new LinkedHashMap<>(all);
      next.remove(name);
      around.state().removed(name);
      all = next;
      removed.run();
    }
    if (running == 0) {
      nobody.run();
    }
  }

  /**
   * Stops all.
   *
   * @param now at once, and without draining
   */
  void stop(boolean now) {
    order.stop(now);
    if (running == 0) {
      nobody.run();
    }
  }

  Optional<PoolRuntime> get(String name) {
    return Optional.ofNullable(all.get(name));
  }

  /** By name, in the order in which they came. */
  Map<String, PoolRuntime> byName() {
    return all;
  }

  private Map<String, PoolRuntime> all() {
    return all;
  }

  /** In the order in which they came. */
  Collection<PoolRuntime> each() {
    return all.values();
  }

  /**
   * One worker more, or one fewer, for each pool that wants any: never none by this, and nobody
   * wakes a pool that sleeps.
   */
  void scaleEach(int change) {
    for (PoolRuntime pool : all.values()) {
      int before = pool.snapshot().pool().target();
      int after = Math.max(1, Math.min(WorkerId.FIRST_SPARE, before + change));
      if (before > 0 && after != before) {
        String name = pool.config().name();
        pool.scale(after, why -> around.journal().warn(name, "not scaled by a signal: " + why));
      }
    }
  }

  /** Those that are offered a listener or held file. */
  List<PoolRuntime> with(String descriptor) {
    List<PoolRuntime> with = new ArrayList<>(all.values());
    with.removeIf(
        p ->
            !p.config().listeners().contains(descriptor)
                && !p.config().files().contains(descriptor));
    return with;
  }
}
