package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.StartMode;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.Worker;
import java.util.OptionalInt;

/**
 * When a pool that starts on demand gets its workers, and when it goes back to none. While it
 * sleeps its clients wait in the listeners' queues. Only for the loop's thread.
 */
final class OnDemand {
  private final boolean on;
  private final long idleTimeout;
  private int awake;

  OnDemand(PoolConfig config) {
    this(config, config.workers());
  }

  private OnDemand(PoolConfig config, int awake) {
    this.on = config.start() == StartMode.ON_DEMAND;
    this.idleTimeout = config.idleTimeout().toNanos();
    this.awake = awake;
  }

  /** By another configuration; what an operator has wanted holds, unless the file changed it. */
  OnDemand changed(PoolConfig config, boolean scaled) {
    return new OnDemand(config, scaled ? config.workers() : awake);
  }

  /** How many workers the pool begins with. */
  int first() {
    return on ? 0 : awake;
  }

  /** An operator wants another number. */
  void scaled(int workers) {
    awake = workers;
  }

  /** Somebody connects and there is no worker: what to scale to, if that helps. */
  OptionalInt wake(Pool pool) {
    boolean asleep = on && pool.phase() == Pool.Phase.RUNNING && pool.target() == 0;
    return asleep && awake > 0 ? OptionalInt.of(awake) : OptionalInt.empty();
  }

  /**
   * Whether to go back to none, after nothing was open or waiting for so long. Who was started only
   * now, by an operator or for a client that went, stays for that time, too.
   */
  boolean sleeps(Pool pool, long idleNanos, long now) {
    return on
        && idleTimeout > 0
        && idleNanos >= idleTimeout
        && pool.phase() == Pool.Phase.RUNNING
        && pool.target() > 0
        && pool.rollout().isEmpty()
        && pool.serving() == pool.target()
        && pool.slots().stream()
            .flatMap(s -> s.workers().stream())
            .filter(Worker::serving)
            .allMatch(w -> now - w.readyAt() >= idleTimeout);
  }
}
