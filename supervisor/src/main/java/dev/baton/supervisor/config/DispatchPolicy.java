package dev.baton.supervisor.config;

/** Which worker gets a connection of a dispatched listener. */
public enum DispatchPolicy {
  /** One after the other; {@code round-robin} in the file. */
  ROUND_ROBIN,
  /** The one with the fewest open connections; {@code least-connections} in the file. */
  LEAST_CONNECTIONS,
  /**
   * By a hash of the client's address, without its port: the same client reaches the same slot;
   * {@code client-hash} in the file.
   */
  CLIENT_HASH
}
