package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What a slot remembers of the workers that ended in it without having been told to. Immutable.
 *
 * @param failures ends in a row
 * @param looping whether the next start will probably end like the last ones: the last worker did
 *     not come to serve, or it was not the first that ended. The first end of one that served is
 *     made good in haste.
 * @param retryAt no start before; 0 when there is no backoff
 * @param spareAt no spare takes the slot before; at most {@code retryAt}
 * @param restarts ends since the supervisor's start
 * @param lastEnd how the last one ended; empty when none has
 * @param recent the moments of those ends that count for the intensity, oldest first
 * @param rest whether another start follows at all
 * @param endedAt when the last one ended; {@link Worker#NONE} when none has
 */
public record SlotHistory(
    int failures,
    boolean looping,
    long retryAt,
    long spareAt,
    int restarts,
    String lastEnd,
    List<Long> recent,
    Rest rest,
    long endedAt) {
  /** Why a slot that should have a worker is left without. */
  public enum Rest {
    /** It is not. */
    NONE,
    /** Its worker has done its work, as its policy allows. */
    DONE,
    /** It failed for good: until an operator resets it, or a rollout brings something else. */
    FAILED
  }

  static final SlotHistory EMPTY =
      new SlotHistory(0, false, 0, 0, 0, "", List.of(), Rest.NONE, Worker.NONE);

  public SlotHistory {
    recent = List.copyOf(recent);
  }

  /** The last end was now. */
  SlotHistory ended(long now) {
    return new SlotHistory(
        failures, looping, retryAt, spareAt, restarts, lastEnd, recent, rest, now);
  }

  /** Another start, now; the figures stay. */
  SlotHistory forgiven() {
    return new SlotHistory(0, false, 0, 0, restarts, lastEnd, List.of(), Rest.NONE, endedAt);
  }

  /** A start has followed. */
  SlotHistory started() {
    return new SlotHistory(failures, looping, 0, 0, restarts, lastEnd, recent, rest, endedAt);
  }

  /** An end of which nothing follows. */
  SlotHistory counted(String how) {
    return new SlotHistory(
        failures, looping, retryAt, spareAt, restarts + 1, how, recent, rest, endedAt);
  }

  SlotHistory resting(Rest why, String how) {
    return new SlotHistory(failures, looping, 0, 0, restarts + 1, how, recent, why, endedAt);
  }

  /**
   * @param loops whether the next start will probably come to nothing
   * @param at when it follows
   * @param spare when a spare may come instead
   */
  SlotHistory retrying(int inARow, boolean loops, long at, long spare, String how) {
    return new SlotHistory(inARow, loops, at, spare, restarts + 1, how, recent, Rest.NONE, endedAt);
  }

  /**
   * With one more end that counts for the intensity; what is older than the period is forgotten.
   */
  SlotHistory at(long now, long period) {
    List<Long> kept = new ArrayList<>(recent);
    kept.removeIf(then -> now - then >= period);
    kept.add(now);
    return new SlotHistory(
        failures, looping, retryAt, spareAt, restarts, lastEnd, kept, rest, endedAt);
  }
}
