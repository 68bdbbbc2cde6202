package dev.baton.load;

/** What became of a client of the greeting plugin; each is counted in exactly one class. */
public enum GreetingOutcome {
  /** One greeting, the answer of the same worker, and end-of-file. */
  SERVED,
  /** Greeted, and the connection ended before the answer was whole. */
  CUT_AFTER_GREETING,
  /** The connection ended, by end-of-file or a reset, and nobody had greeted. */
  CUT_BEFORE_GREETING,
  /** Greeted twice, or greeted by one worker and answered by another: never allowed. */
  SERVED_TWICE,
  /** The connection was refused, or nothing is bound to the address. */
  REFUSED,
  /** Not served by the deadline; the example says how far it came. */
  TIMEOUT,
  /** What came is not what the plugin writes. */
  BAD,
  /** The generator's own fault: too late for its schedule, or without a descriptor or port. */
  LATE
}
