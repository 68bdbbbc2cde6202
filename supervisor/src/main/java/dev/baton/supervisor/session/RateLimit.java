package dev.baton.supervisor.session;

import java.util.concurrent.TimeUnit;

/** Counts events in windows of one second. One thread. */
final class RateLimit {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private long windowStart = Long.MIN_VALUE;
  private int count;

  RateLimit(int perSecond) {
    this.perSecond = perSecond;
  }

  /** Whether one more is too many. */
  boolean exceeded(long now) {
    if (windowStart == Long.MIN_VALUE || now - windowStart >= WINDOW) {
      windowStart = now;
      count = 0;
    }
    return ++count > perSecond;
  }
}
