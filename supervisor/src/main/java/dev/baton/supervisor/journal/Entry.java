package dev.baton.supervisor.journal;

import java.time.Instant;

/**
 * One thing that happened.
 *
 * @param time of the wall clock, for people
 * @param kind info or warning
 * @param subject a pool, a worker id, a listener, or "supervisor"
 * @param text what happened
 */
public record Entry(Instant time, Kind kind, String subject, String text) {
  /** How an operator should take it. */
  public enum Kind {
    INFO,
    WARNING
  }
}
