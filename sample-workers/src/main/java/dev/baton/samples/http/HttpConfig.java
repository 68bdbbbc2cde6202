package dev.baton.samples.http;

import java.time.Duration;

/**
 * The plugin's configuration.
 *
 * @param idleGrace how long a client may stay silent during a drain; 5 s when it is left out
 */
public record HttpConfig(Duration idleGrace) {
  /** Fills in the default. */
  public HttpConfig {
    idleGrace = idleGrace == null ? Duration.ofSeconds(5) : idleGrace;
  }
}
