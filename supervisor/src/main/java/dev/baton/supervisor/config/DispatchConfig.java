package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.List;

/**
 * How the dispatched listeners of a pool are handed to its workers.
 *
 * @param maxConnections open connections that one worker may have, from all dispatched listeners
 *     together
 * @param maxUnclaimed connections that one worker may have been sent and not claimed yet
 * @param recallAfter a connection that is unclaimed for so long is asked back
 * @param recallTimeout a worker that does not answer in this time is killed
 * @param weights shares of the slots, the first for slot 0; a slot beyond the list has 1
 */
public record DispatchConfig(
    int maxConnections,
    int maxUnclaimed,
    Duration recallAfter,
    Duration recallTimeout,
    List<Integer> weights) {

  /** The heaviest weight. */
  public static final int MAX_WEIGHT = 100;

  /** What a pool without a {@code dispatch} section has. */
  public static final DispatchConfig DEFAULTS =
      new DispatchConfig(10_000, 256, Duration.ofSeconds(1), Duration.ofSeconds(5), List.of());

  /** Copies the list. */
  public DispatchConfig {
    weights = List.copyOf(weights);
  }

  /** The share of a slot in relation to the others, 1 to {@link #MAX_WEIGHT}. */
  public int weight(int slot) {
    return slot >= 0 && slot < weights.size() ? weights.get(slot) : 1;
  }
}
