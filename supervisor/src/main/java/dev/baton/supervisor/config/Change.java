package dev.baton.supervisor.config;

/**
 * One thing that a reload does, or cannot do.
 *
 * @param kind what is done
 * @param name of the listener, file or pool; of another key the key itself
 * @param text all of it in words, for the operator
 */
public record Change(Kind kind, String name, String text) {
  /** What can be done, in the order in which it is. */
  public enum Kind {
    /** A held file is opened. */
    FILE_ADDED,
    /** A held file is opened anew, by another path or with another access. */
    FILE_CHANGED,
    /** A listener is bound. */
    LISTENER_ADDED,
    /** A listener is bound elsewhere, and the old address is given up. */
    LISTENER_REBOUND,
    /** A listener keeps its socket and changes otherwise. */
    LISTENER_CHANGED,
    /** A listener is ended. */
    LISTENER_REMOVED,
    /** A pool stops. */
    POOL_REMOVED,
    /** A pool begins. */
    POOL_ADDED,
    /** A pool changes what its workers do not see. */
    POOL_CHANGED,
    /** A pool gets another number of workers. */
    POOL_SCALED,
    /** A pool's workers are replaced by such as see what has changed. */
    POOL_ROLLED,
    /** A held file is closed. */
    FILE_REMOVED,
    /** The supervisor must be started again for this. */
    NEEDS_RESTART
  }

  /** Whether a reload can do it. */
  public boolean possible() {
    return kind != Kind.NEEDS_RESTART;
  }
}
