package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.ConfigException;

/** Where the configuration is read again. */
@FunctionalInterface
public interface ConfigSource {
  /**
   * Reads and checks it; on a thread that may block.
   *
   * @throws ConfigException with all problems
   */
  BatonConfig read() throws ConfigException;
}
