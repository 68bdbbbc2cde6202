package dev.baton.supervisor.core;

import java.util.List;

/** What a pool is as a whole, for operators. */
public enum PoolState {
  STARTING,
  SERVING,
  RESTARTING,
  DEGRADED,
  DOWN,
  /** No slot has a worker or will come to one before it is reset. */
  FAILED,
  /** No worker is wanted: scaled to 0, on demand and nobody has connected, or all are done. */
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
    List<Slot> wanted =
        pool.slots().stream()
            .filter(s -> s.goal() == Slot.Goal.RUN && s.rest() != SlotHistory.Rest.DONE)
            .toList();
    if (wanted.isEmpty()) {
      return IDLE;
    }
    List<Slot> missing = wanted.stream().filter(s -> !s.serving()).toList();
    if (missing.isEmpty()) {
      return SERVING;
    }
    boolean failing = missing.stream().anyMatch(s -> s.failures() > 0 || s.rests());
    if (missing.size() < wanted.size()) {
      return failing ? DEGRADED : STARTING;
    }
    if (missing.stream().allMatch(Slot::rests)) {
      return FAILED;
    }
    return failing ? DOWN : STARTING;
  }
}
