package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When a worker is replaced although nothing is wrong with it; 0: not for that reason.
 *
 * @param maxAge since it became ready
 * @param maxConnections that it has accepted or taken over
 * @param maxRequests that its plugin has counted
 * @param maxMemory bytes of its resident set
 * @param schedule when all of the pool are replaced, one after the other
 */
public record RecycleConfig(
    Duration maxAge,
    long maxConnections,
    long maxRequests,
    long maxMemory,
    Optional<CronSchedule> schedule) {

  /** What a pool without a {@code recycle} section has. */
  public static final RecycleConfig NONE =
      new RecycleConfig(Duration.ZERO, 0, 0, 0, Optional.empty());
}
