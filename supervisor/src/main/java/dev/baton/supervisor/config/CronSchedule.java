package dev.baton.supervisor.config;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Times of the wall clock that come again, written as cron does. Immutable. */
public final class CronSchedule {
  static final String FORM =
      "a cron expression of five fields (minute, hour, day of month, month, day of week) for a time"
          + " that comes, such as \"0 4 * * *\"";

  private final String text;
  private final ExecutionTime times;

  private CronSchedule(String text, ExecutionTime times) {
    this.text = text;
    this.times = times;
  }

  /** The schedule, or empty if the text is none, or one of a time that never comes. */
  public static Optional<CronSchedule> parse(String text) {
    try {
      CronParser parser =
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
      CronSchedule schedule = new CronSchedule(text, ExecutionTime.forCron(parser.parse(text)));
      return Optional.of(schedule).filter(s -> s.next(ZonedDateTime.now()).isPresent());
    } catch (RuntimeException e) {
      return Optional.empty(); // what it says of its own grammar helps nobody here
    }
  }

  /** The first of its times after that moment, in the moment's time zone. */
  public Optional<ZonedDateTime> next(ZonedDateTime after) {
    return times.nextExecution(after);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronSchedule s && s.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
