package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.CronSchedule;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** A wall clock that goes, stands, jumps, and is set. */
class WallScheduleTest {
  private static final ZonedDateTime NOON =
      ZonedDateTime.of(2026, 6, 10, 12, 0, 0, 0, ZoneId.of("Europe/Berlin"));

  private ZonedDateTime now = NOON;
  private final WallSchedule atFour = at("0 4 * * *");

  private WallSchedule at(String times) {
    return new WallSchedule(CronSchedule.parse(times).orElseThrow(), now);
  }

  private boolean dueAfter(Duration time) {
    now = now.plus(time);
    return atFour.due(now);
  }

  /** Looks every second, as the supervisor does. */
  private int timesWithin(WallSchedule schedule, Duration time) {
    int due = 0;
    for (ZonedDateTime end = now.plus(time); !now.isAfter(end); now = now.plusSeconds(1)) {
      due += schedule.due(now) ? 1 : 0;
    }
    return due;
  }

  @Test
  void eachTimeOnce() {
    assertEquals(12, timesWithin(at("*/5 * * * *"), Duration.ofHours(1)));
    now = NOON;
    assertFalse(dueAfter(Duration.ofHours(16).minusNanos(1)));
    assertTrue(dueAfter(Duration.ofNanos(1)), "to the moment");
    assertFalse(dueAfter(Duration.ZERO));
    assertTrue(dueAfter(Duration.ofHours(24)));
  }

  @Test
  void afterASleepOne() {
    assertTrue(dueAfter(Duration.ofDays(20)));
    assertFalse(dueAfter(Duration.ofSeconds(1)));
    assertTrue(dueAfter(Duration.ofHours(16)));
  }

  @Test
  void aClockThatIsSetBackTellsNoTimeTwice() {
    assertTrue(dueAfter(Duration.ofHours(16)));
    assertFalse(dueAfter(Duration.ofHours(-1)));
    assertFalse(dueAfter(Duration.ofHours(1)), "that was told");
    assertFalse(dueAfter(Duration.ofHours(23)));
    assertTrue(dueAfter(Duration.ofHours(1)));
  }

  @Test
  void aClockThatWasWrongByYearsIsNotWaitedFor() {
    assertTrue(dueAfter(Duration.ofDays(4000)));
    assertFalse(dueAfter(Duration.ofDays(-4000)));
    assertTrue(dueAfter(Duration.ofHours(16)));
  }

  @Test
  void whatSummerTimeLeavesOutIsLeftOutAndWhatWinterTimeRepeatsIsNot() {
    now = NOON.withMonth(3).withDayOfMonth(27);
    WallSchedule spring = at("30 2 * * *"); // of the 29th there is no half past two
    assertEquals(3, timesWithin(spring, Duration.ofDays(4)));
    now = NOON.withMonth(10).withDayOfMonth(23);
    WallSchedule autumn = at("30 2 * * *"); // of the 25th there are two
    assertEquals(4, timesWithin(autumn, Duration.ofDays(4)));
  }
}
