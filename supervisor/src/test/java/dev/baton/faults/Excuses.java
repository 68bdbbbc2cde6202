package dev.baton.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** For which faults what may happen to whom, and when. Thread-safe. */
final class Excuses {
  /** An end that only a fault can explain, whatever its text. */
  static final String ANY = ".*";

  private final List<Excuse> excuses = new CopyOnWriteArrayList<>();

  /**
   * One fault.
   *
   * @param subject a worker, a pool with a slash behind it, or "" for everybody
   * @param text what its text matches
   */
  private record Excuse(String subject, String text, Instant from, Instant until, String why) {
    boolean isOf(String whom) {
      return subject.isEmpty()
          || whom.equals(subject)
          || subject.endsWith("/") && whom.startsWith(subject);
    }
  }

  /** From now on, for a time. */
  void add(String subject, String text, Duration length, String why) {
    var now = Instant.now();
    // The chronicle's times are those of the supervisor, before or after ours.
    excuses.add(new Excuse(subject, text, now.minusMillis(50), now.plus(length), why));
  }

  /** When something was first done to this worker itself; empty if nothing was. */
  Optional<Instant> since(String worker) {
    return excuses.stream()
        .filter(e -> e.subject.equals(worker))
        .map(Excuse::from)
        .min(Comparator.naturalOrder());
  }

  /** Why this could happen; empty if it should not have. */
  Optional<String> of(String subject, String text, Instant at) {
    return excuses.stream()
        .filter(e -> e.isOf(subject) && text.matches(e.text))
        .filter(e -> !at.isBefore(e.from) && !at.isAfter(e.until))
        .map(Excuse::why)
        .findFirst();
  }
}
