package dev.baton.supervisor.core;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Why a slot, or the place of a spare, is in its state, and what happens next: one part for each of
 * its workers, the one that serves first, or one for the place where it has none.
 *
 * @param parts at least one
 */
public record Explanation(List<Part> parts) {
  public Explanation {
    parts = List.copyOf(parts);
  }

  /**
   * What is to be said of one worker, or of a place without one.
   *
   * @param subject the worker id, or {@code pool/slot}
   * @param state in one word, such as {@code draining} or {@code backoff}
   * @param sinceNanos for how long it has been in it; empty where nobody has noted it
   * @param why sentences, the most important one first
   * @param next what follows, when, and what can be done about it
   */
  public record Part(
      String subject, String state, OptionalLong sinceNanos, List<String> why, List<String> next) {
    public Part {
      why = List.copyOf(why);
      next = List.copyOf(next);
    }

    /** With more that follows. */
    public Part andNext(List<String> more) {
      return new Part(
          subject, state, sinceNanos, why, Stream.concat(next.stream(), more.stream()).toList());
    }
  }
}
