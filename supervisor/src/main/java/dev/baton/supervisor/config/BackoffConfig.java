package dev.baton.supervisor.config;

import java.time.Duration;

/**
 * The growing delay before the next start of a slot whose worker ended by itself.
 *
 * @param initial before the first restart
 * @param max the delay never gets longer
 * @param factor by which it grows each time, at least 1
 * @param jitter the part of a delay that is random, 0 to 1: with 0.2 it varies by 20 % either way
 * @param stableAfter a run at least this long begins again at {@code initial}
 * @param intensity how many ends within {@code period} a slot may have before it is failed; 0: any
 *     number
 * @param period for {@code intensity}
 */
public record BackoffConfig(
    Duration initial,
    Duration max,
    double factor,
    double jitter,
    Duration stableAfter,
    int intensity,
    Duration period) {

  /** What a pool without a {@code backoff} section has. */
  public static final BackoffConfig DEFAULTS =
      new BackoffConfig(
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          2,
          0.2,
          Duration.ofSeconds(10),
          10,
          Duration.ofMinutes(5));
}
