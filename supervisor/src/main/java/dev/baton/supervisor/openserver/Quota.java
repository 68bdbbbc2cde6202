package dev.baton.supervisor.openserver;

import dev.baton.supervisor.config.OpenLimits;
import java.util.concurrent.TimeUnit;

/** How much one requester has asked for, against its limits. Thread-safe. */
final class Quota {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(10);

  private final OpenLimits limits;
  private final OpenCount count;
  private int inFlight;
  private long windowStart;
  private int inWindow;
  private long lookedAt;
  private boolean looked;
  private int atLook;
  private int since;

  /**
   * @param count says how many descriptors the requester has open
   */
  Quota(OpenLimits limits, OpenCount count) {
    this.limits = limits;
    this.count = count;
    this.windowStart = System.nanoTime() - SECOND;
  }

  /**
   * Begins a request.
   *
   * @param now of {@link System#nanoTime}
   * @param untaken answers that wait for the requester to take them
   * @return why it is one too many; null when it is not
   */
  synchronized String begin(long now, int untaken) {
    if (inFlight + untaken >= limits.inFlight()) {
      String what = untaken == 0 ? " requests are in flight" : " answers were not taken yet";
      return limits.inFlight() + what + ", which is the limit";
    }
    if (now - windowStart >= SECOND) {
      windowStart = now;
      inWindow = 0;
    }
    if (inWindow >= limits.perSecond()) {
      return limits.perSecond() + " requests a second are the limit";
    }
    inWindow++;
    inFlight++;
    return null;
  }

  /** A request that was let in is answered. */
  synchronized void end() {
    inFlight--;
  }

  /**
   * Makes room for one more descriptor. Looks how many there are at first, and when those that were
   * given since the last look could have reached the limit, but not more often than a hundred times
   * a second.
   *
   * @return why there is no room; null when there is
   */
  synchronized String reserve() {
    if (!looked || atLook + since >= limits.openAtOnce()) {
      long now = System.nanoTime();
      if (!looked || now - lookedAt >= BETWEEN_LOOKS) {
        looked = true;
        lookedAt = now;
        atLook = count.now();
        since = 0;
      }
      if (atLook + since >= limits.openAtOnce()) {
        return limits.openAtOnce() + " descriptors are open, which is the limit";
      }
    }
    since++;
    return null;
  }

  /** Nothing was given after all. */
  synchronized void release() {
    since = Math.max(0, since - 1);
  }
}
