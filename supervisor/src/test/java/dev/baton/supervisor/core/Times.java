package dev.baton.supervisor.core;

import java.util.concurrent.TimeUnit;

/** Settings with a different number for every time, so that a test sees which one was used. */
final class Times {
  static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  static final long START = 60 * SECOND;
  static final long DRAIN = 30 * SECOND;
  static final long STOP = 10 * SECOND;
  static final long TERM = 2 * SECOND;
  static final long DUMP = 3 * SECOND;
  static final long KILL_AGAIN = 5 * SECOND;
  static final long STABLE = 20 * SECOND;

  /** Without jitter: 1, 2, 4, 8, 8, … seconds. */
  static final Backoff BACKOFF = new Backoff(SECOND, 8 * SECOND, 2, 0, STABLE);

  static final HeartbeatRules HEARTBEAT = new HeartbeatRules(5 * SECOND, 3, DUMP);

  private Times() {}

  static PoolSettings settings(int surge) {
    return settings(surge, 0, RestartRules.ENDLESS);
  }

  static PoolSettings settings(int surge, int spares, RestartRules rules) {
    return new PoolSettings(START, DRAIN, STOP, TERM, surge, spares, BACKOFF, rules, HEARTBEAT);
  }

  /** The same with other rules of what follows an end. */
  static PoolSettings settings(RestartRules rules) {
    return settings(1, 0, rules);
  }
}
