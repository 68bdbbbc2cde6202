package dev.baton.supervisor.admin;

import dev.baton.supervisor.journal.Entry;
import java.util.Locale;
import java.util.Optional;

/**
 * One entry of the journal.
 *
 * @param number rises by one from entry to entry, also over the supervisor's lives
 * @param time ISO 8601
 * @param kind what happened, such as ready
 * @param subject the pool or the worker id; may be empty
 * @param text in words
 * @param end where it is the end of a worker, all that is known of it
 */
public record EventView(
    long number, String time, String kind, String subject, String text, Optional<EndView> end) {

  /** Of an entry. */
  public static EventView of(Entry entry) {
    return new EventView(
        entry.number(),
        entry.time().toString(),
        entry.kind().name().toLowerCase(Locale.ROOT),
        entry.subject(),
        entry.text(),
        entry.end().map(EndView::of));
  }
}
