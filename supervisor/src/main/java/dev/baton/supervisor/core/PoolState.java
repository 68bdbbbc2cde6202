package dev.baton.supervisor.core;

/** What a pool is as a whole, for operators. */
public enum PoolState {
  STARTING,
  SERVING,
  RESTARTING,
  DEGRADED,
  DOWN,
  /** No worker is wanted: scaled to 0, or on demand and nobody has connected. */
  IDLE,
  STOPPING,
  STOPPED;

  /** One total table from phase, rollout and serving workers. */
  public static PoolState of(Pool pool) {
    return switch (pool.phase()) {
      case NEW -> STARTING;
      case STOPPING -> STOPPING;
      case STOPPED -> STOPPED;
      case RUNNING -> running(pool);
    };
  }

  private static PoolState running(Pool pool) {
    if (pool.rollout().isPresent()) {
      return RESTARTING;
    }
    if (pool.target() == 0) {
      return pool.slots().stream().allMatch(s -> s.workers().isEmpty()) ? IDLE : STOPPING;
    }
    int serving = pool.serving();
    if (serving >= pool.target()) {
      return SERVING;
    }
    boolean failing =
        pool.slots().stream()
            .filter(s -> s.goal() == Slot.Goal.RUN && s.first(Worker::serving).isEmpty())
            .anyMatch(s -> s.failures() > 0);
    if (serving > 0) {
      return failing ? DEGRADED : STARTING;
    }
    return failing ? DOWN : STARTING;
  }
}
