package dev.baton.supervisor.core;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Lengths of time in words. */
final class Spans {
  private static final int MINUTE = 60;
  private static final int HOUR = 3600;
  private static final int DAY = 86_400;

  private Spans() {}

  /** As exact as it matters: 0.4 s, 42 s, 3 min 5 s, 2 h 10 min, 12 d 3 h; never negative. */
  static String words(long nanos) {
    if (nanos < TimeUnit.SECONDS.toNanos(10)) {
      return String.format(Locale.ROOT, "%.1f s", Math.max(0, nanos) / 1e9);
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    if (seconds < MINUTE) {
      return seconds + " s";
    }
    if (seconds < HOUR) {
      return two(seconds / MINUTE, "min", seconds % MINUTE, "s");
    }
    return seconds < DAY
        ? two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min")
        : two(seconds / DAY, "d", seconds % DAY / HOUR, "h");
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }
}
