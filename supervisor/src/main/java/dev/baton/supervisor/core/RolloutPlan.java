package dev.baton.supervisor.core;

/**
 * How a rollout is to go.
 *
 * @param surge extra workers at a time; 0 stops the old one first
 * @param canary how many slots are moved first, and judged before the others follow; 0 for none
 * @param hold for how long they are judged, in nanoseconds
 * @param pause whether the others wait then until the operator says so
 */
public record RolloutPlan(int surge, int canary, long hold, boolean pause) {

  /** Slot after slot, without a canary. */
  public static RolloutPlan plain(int surge) {
    return new RolloutPlan(surge, 0, 0, false);
  }
}
