package dev.baton.supervisor.core;

/**
 * When a worker is replaced although nothing is wrong with it. 0: not for that reason.
 *
 * @param maxAge nanoseconds for which it has served
 * @param maxConnections connections that it has taken over or accepted
 * @param maxRequests requests that its plugin has counted
 * @param maxMemory bytes of its resident set
 */
public record RecycleRules(long maxAge, long maxConnections, long maxRequests, long maxMemory) {
  /** Only by a schedule, if at all. */
  public static final RecycleRules NONE = new RecycleRules(0, 0, 0, 0);
}
