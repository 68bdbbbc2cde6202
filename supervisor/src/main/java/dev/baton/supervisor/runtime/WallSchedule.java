package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.CronSchedule;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When the times of a schedule have come, by a wall clock that may be set while we look at it. Of
 * several that have passed unseen, as on a machine that slept, one is told. A clock that is set
 * back by less than a day tells no time again; beyond that it was wrong before, and all begins
 * anew. Not thread-safe.
 */
final class WallSchedule {
  private static final Duration WRONG = Duration.ofDays(1);

  private final CronSchedule schedule;
  private ZonedDateTime told;
  private Optional<ZonedDateTime> next;

  /** Times after {@code now} count. */
  WallSchedule(CronSchedule schedule, ZonedDateTime now) {
    this.schedule = schedule;
    toldUntil(now);
  }

  private void toldUntil(ZonedDateTime moment) {
    told = moment;
    next = schedule.next(moment);
  }

  /** Whether a time has come since it was last asked. */
  boolean due(ZonedDateTime now) {
    if (now.isBefore(told.minus(WRONG))) {
      toldUntil(now);
    }
    boolean due = next.isPresent() && !now.isBefore(next.get());
    if (due) {
      toldUntil(now);
    }
    return due;
  }
}
