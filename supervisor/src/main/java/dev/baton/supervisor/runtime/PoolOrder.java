package dev.baton.supervisor.runtime;

import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolState;
import dev.baton.supervisor.core.StartOrder;
import dev.baton.supervisor.journal.Journal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Begins and stops the pools in the order that the configuration says. Only for the loop. */
final class PoolOrder {
  private final Supplier<Map<String, PoolRuntime>> pools;
  private final Journal journal;
  private final Set<String> waiting = new LinkedHashSet<>();
  private final Set<String> staying = new LinkedHashSet<>();
  private StartOrder order = new StartOrder(Map.of());
  private boolean stopping;

  /**
   * @param pools all of them by now
   */
  PoolOrder(Supplier<Map<String, PoolRuntime>> pools, Journal journal) {
    this.pools = pools;
    this.journal = journal;
  }

  /** Begins whoever has not begun and waits for nobody, in the order that is configured now. */
  void begin() {
    if (stopping) {
      return;
    }
    Map<String, List<String>> after = new LinkedHashMap<>();
    pools
        .get()
        .forEach(
            (name, pool) -> {
              after.put(name, pool.config().supervision().after());
              if (state(name).phase() == Pool.Phase.NEW) {
                waiting.add(name);
                staying.add(name);
              }
            });
    after.replaceAll((name, others) -> others.stream().filter(after::containsKey).toList());
    order = new StartOrder(after);
    advance();
    for (String pool : waiting) {
      List<String> awaited = order.awaited(pool, this::up);
      journal.info(pool, "waits for " + String.join(", ", awaited));
    }
  }

  /** To be called when a pool has moved: others may have waited for it. */
  void look() {
    if (stopping) {
      leave();
    } else if (!waiting.isEmpty()) {
      advance();
    }
  }

  private void advance() {
    for (String pool : List.copyOf(waiting)) {
      boolean serves = pools.get().get(pool).inherited(); // already, whoever it came after
      if ((serves || order.awaited(pool, this::up).isEmpty()) && waiting.remove(pool)) {
        pools.get().get(pool).begin(); // which may call this again
      }
    }
  }

  private boolean up(String pool) {
    if (!pools.get().containsKey(pool)) {
      return true; // it was taken away
    }
    PoolState state = PoolState.of(state(pool));
    return !waiting.contains(pool)
        && (state == PoolState.SERVING || state == PoolState.IDLE || state == PoolState.RESTARTING);
  }

  private Pool state(String pool) {
    return pools.get().get(pool).snapshot().pool();
  }

  /** One stops for good, whoever comes after it. */
  void leaves(String pool) {
    waiting.remove(pool);
    if (staying.remove(pool)) {
      pools.get().get(pool).stop(false);
    }
  }

  /**
   * Stops every pool before those that it comes after.
   *
   * @param now all of them at once, and without draining
   */
  void stop(boolean now) {
    stopping = true;
    waiting.clear();
    if (now) {
      staying.clear();
      List.copyOf(pools.get().values()).forEach(p -> p.stop(true));
    } else {
      leave();
    }
  }

  private void leave() {
    for (String pool : List.copyOf(staying)) {
      if (order.mayStop(pool, this::ended) && staying.remove(pool)) {
        pools.get().get(pool).stop(false); // which may call this again
      }
    }
  }

  private boolean ended(String pool) {
    return !pools.get().containsKey(pool) || state(pool).phase() == Pool.Phase.STOPPED;
  }
}
