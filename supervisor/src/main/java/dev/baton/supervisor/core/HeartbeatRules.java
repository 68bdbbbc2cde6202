package dev.baton.supervisor.core;

/**
 * When a worker that does not answer is taken for hung. Times in nanoseconds.
 *
 * @param period from one beat to the next
 * @param missed so many beats in a row without an answer; 0: never
 * @param dumpTimeout for the thread dump, before TERM
 */
public record HeartbeatRules(long period, int missed, long dumpTimeout) {
  /** Nobody is ever taken for hung. */
  public static final HeartbeatRules NEVER = new HeartbeatRules(0, 0, 0);

  /** Whether a worker with this pulse is hung. */
  public boolean hung(Pulse pulse) {
    return missed > 0 && pulse.missed() >= missed;
  }

  /**
   * Whether whoever counts the beats was itself late by more than one, and so knows nothing of the
   * time before: it was stopped, starved or suspended, and perhaps the workers with it.
   *
   * @param sinceLast from the last beat until now
   */
  public boolean forgives(long sinceLast) {
    return sinceLast > 2 * period;
  }
}
