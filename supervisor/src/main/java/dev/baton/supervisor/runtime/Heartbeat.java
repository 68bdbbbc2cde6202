package dev.baton.supervisor.runtime;

import java.time.Duration;

/** How often workers are asked for a sign of life. */
final class Heartbeat {
  static final Duration PERIOD = Duration.ofSeconds(5);

  private Heartbeat() {}
}
