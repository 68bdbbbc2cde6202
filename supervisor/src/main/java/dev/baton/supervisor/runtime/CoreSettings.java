package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.BackoffConfig;
import dev.baton.supervisor.config.HeartbeatConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.SupervisionConfig;
import dev.baton.supervisor.core.Backoff;
import dev.baton.supervisor.core.HeartbeatRules;
import dev.baton.supervisor.core.PoolSettings;
import dev.baton.supervisor.core.RestartRules;
import java.time.Duration;

/** A pool's configuration in the core's words. */
final class CoreSettings {
  /** From TERM to KILL: a JVM's shutdown hooks, and no more. */
  private static final Duration TERM_TIMEOUT = Duration.ofSeconds(2);

  private CoreSettings() {}

  static PoolSettings of(PoolConfig pool) {
    BackoffConfig b = pool.backoff();
    SupervisionConfig s = pool.supervision();
    HeartbeatConfig h = s.heartbeat();
    return new PoolSettings(
        pool.startTimeout().toNanos(),
        pool.drainTimeout().toNanos(),
        pool.stopTimeout().toNanos(),
        TERM_TIMEOUT.toNanos(),
        pool.surge(),
        pool.spares(),
        new Backoff(
            b.initial().toNanos(),
            b.max().toNanos(),
            b.factor(),
            b.jitter(),
            b.stableAfter().toNanos()),
        new RestartRules(
            s.restart(),
            b.intensity(),
            b.period().toNanos(),
            s.expectedExits(),
            s.permanentExits()),
        new HeartbeatRules(h.period().toNanos(), h.missed(), h.dumpTimeout().toNanos()));
  }
}
