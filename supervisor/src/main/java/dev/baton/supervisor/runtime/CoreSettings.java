package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.BackoffConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Backoff;
import dev.baton.supervisor.core.PoolSettings;
import java.time.Duration;

/** A pool's configuration in the core's words. */
final class CoreSettings {
  /** From TERM to KILL: a JVM's shutdown hooks, and no more. */
  private static final Duration TERM_TIMEOUT = Duration.ofSeconds(2);

  private CoreSettings() {}

  static PoolSettings of(PoolConfig pool) {
    BackoffConfig b = pool.backoff();
    return new PoolSettings(
        pool.startTimeout().toNanos(),
        pool.drainTimeout().toNanos(),
        pool.stopTimeout().toNanos(),
        TERM_TIMEOUT.toNanos(),
        pool.surge(),
        new Backoff(
            b.initial().toNanos(),
            b.max().toNanos(),
            b.factor(),
            b.jitter(),
            b.stableAfter().toNanos()));
  }
}
