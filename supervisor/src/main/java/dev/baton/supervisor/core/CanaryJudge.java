package dev.baton.supervisor.core;

/**
 * Whether what the workers of a new generation count speaks against it. What they do not count
 * cannot be judged: then only their ends and missed heartbeats are. No I/O, no clock.
 */
public final class CanaryJudge {
  private static final int FEWEST_REQUESTS = 20;
  private static final int FEWEST_FAILURES = 3;
  private static final double WORSE_BY = 0.01;
  private static final int FEWEST_TIMED = 50;
  private static final double TIMES_SLOWER = 3;
  private static final double SLOWER_BY_NANOS = 5e6;

  private CanaryJudge() {}

  /**
   * What some workers have counted together.
   *
   * @param requests that are over
   * @param failed those of them that did not go well
   * @param nanos how long all of them took together
   */
  public record Tally(long requests, long failed, long nanos) {
    /** Nothing was counted. */
    public static final Tally NONE = new Tally(0, 0, 0);

    /** Both together. */
    public Tally plus(Tally other) {
      return new Tally(requests + other.requests, failed + other.failed, nanos + other.nanos);
    }

    private double failedPart() {
      return requests == 0 ? 0 : (double) failed / requests;
    }

    private double meanNanos() {
      return requests == 0 ? 0 : (double) nanos / requests;
    }
  }

  /** For the operator; empty when nothing speaks against the canary. */
  public static String against(Tally canary, Tally others) {
    boolean fails =
        canary.requests() >= FEWEST_REQUESTS
            && canary.failed() >= FEWEST_FAILURES
            && canary.failedPart() > others.failedPart() + WORSE_BY;
    if (fails) {
      return String.format(
          "%d of its %d requests failed (%.1f %%, of the others' %.1f %%)",
          canary.failed(), canary.requests(), 100 * canary.failedPart(), 100 * others.failedPart());
    }
    boolean slow =
        Math.min(canary.requests(), others.requests()) >= FEWEST_TIMED
            && canary.meanNanos() > TIMES_SLOWER * others.meanNanos()
            && canary.meanNanos() > others.meanNanos() + SLOWER_BY_NANOS;
    return slow
        ? String.format(
            "its requests take %.1f ms, the others' %.1f ms",
            canary.meanNanos() / 1e6, others.meanNanos() / 1e6)
        : "";
  }
}
