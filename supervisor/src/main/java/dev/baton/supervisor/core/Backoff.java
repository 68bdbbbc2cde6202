package dev.baton.supervisor.core;

/**
 * The growing delay before the next start. Times in nanoseconds.
 *
 * @param initial after the first failure
 * @param max the cap
 * @param factor from one failure to the next
 * @param jitter the part of a delay, 0 to 1, that is random, so that slots do not start in step
 * @param stableAfter a worker that was ready for as long starts the count anew
 */
public record Backoff(long initial, long max, double factor, double jitter, long stableAfter) {
  /**
   * The delay before the start that follows some failures in a row.
   *
   * @param failures from 1
   * @param salt decides the jitter; the same salt gives the same delay, so that a run replays
   */
  public long delay(int failures, long salt) {
    double capped = Math.min(initial * Math.pow(factor, failures - 1), max);
    return (long) (capped * (1 - jitter * unit(salt))); // shorter only: never above the cap
  }

  /** From 0 to 1; the same for the same salt, and unrelated for its neighbours. */
  static double unit(long salt) {
    return (mix(salt) >>> 11) * 0x1.0p-53;
  }

  /** SplitMix64's finalizer. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
