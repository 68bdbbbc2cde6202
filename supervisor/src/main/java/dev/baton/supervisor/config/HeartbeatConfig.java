package dev.baton.supervisor.config;

import java.time.Duration;

/**
 * When a worker that does not answer is ended.
 *
 * @param period from one heartbeat to the next
 * @param missed so many in a row without an answer; 0: never
 * @param dumpTimeout for the thread dump that is asked for first
 */
public record HeartbeatConfig(Duration period, int missed, Duration dumpTimeout) {

  /** What a pool without a {@code heartbeat} section has. */
  public static final HeartbeatConfig DEFAULTS =
      new HeartbeatConfig(Duration.ofSeconds(5), 3, Duration.ofSeconds(1));
}
