package dev.baton.supervisor.state;

import java.util.List;

/**
 * What a supervisor knows of a pool, and nobody else: how its workers have ended. Times are spans
 * before the exec, since clocks of programs differ.
 *
 * @param pool its name
 * @param slots those where something has ended
 */
public record PoolMemory(String pool, List<SlotMemory> slots) {
  /** Copies the list. */
  public PoolMemory {
    slots = List.copyOf(slots);
  }

  /**
   * One slot; {@link dev.baton.supervisor.core.SlotHistory} says what each is.
   *
   * @param retryIn nanoseconds until the next start; 0 when there is no backoff
   * @param spareIn likewise, for a spare
   * @param recentAges how long ago those ends were that count for the intensity
   * @param endedAge how long ago the last end was; -1 when none was
   */
  public record SlotMemory(
      int slot,
      int failures,
      boolean looping,
      long retryIn,
      long spareIn,
      int restarts,
      String lastEnd,
      List<Long> recentAges,
      String rest,
      long endedAge) {
    /** Copies the list. */
    public SlotMemory {
      recentAges = List.copyOf(recentAges);
    }
  }
}
