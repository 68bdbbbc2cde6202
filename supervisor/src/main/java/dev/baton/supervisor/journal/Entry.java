package dev.baton.supervisor.journal;

import dev.baton.supervisor.core.PostMortem;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that happened.
 *
 * @param number one more than that of the entry before, also over the supervisor's lives
 * @param time of the wall clock, for people
 * @param kind info or warning
 * @param subject a pool, a worker id, a listener, or "supervisor"
 * @param text what happened
 * @param end where it is the end of a worker, all that is known of it
 */
public record Entry(
    long number, Instant time, Kind kind, String subject, String text, Optional<PostMortem> end) {
  /** How an operator should take it. */
  public enum Kind {
    INFO,
    WARNING
  }
}
