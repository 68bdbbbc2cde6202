package dev.baton.supervisor.admin;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** An entry of the journal on one line, without its line feed. Stateless. */
public final class EventLine {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

  private EventLine() {}

  /** For programs: an object as in the answer to {@code GET /v1/events}. */
  public static String json(EventView event) {
    return AdminWriter.event(event).stripTrailing();
  }

  /** For people, in the time of this machine. */
  public static String text(EventView event) {
    String time = TIME.format(Instant.parse(event.time()).atZone(ZoneId.systemDefault()));
    return String.format("%s %-7s %s: %s", time, event.kind(), event.subject(), event.text());
  }
}
