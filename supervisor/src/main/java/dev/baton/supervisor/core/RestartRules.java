package dev.baton.supervisor.core;

/**
 * What follows when a worker ends that was not told to.
 *
 * @param policy which ends are followed by another start
 * @param intensity how many ends within the period a slot may have; one more and it is failed; 0
 *     for any number
 * @param period for the intensity, in nanoseconds
 * @param expected ends that are no failure
 * @param permanent ends after which another start would be in vain
 */
public record RestartRules(
    Policy policy, int intensity, long period, ExitSet expected, ExitSet permanent) {
  /** Which ends are followed by another start. */
  public enum Policy {
    ALWAYS,
    ON_FAILURE,
    NEVER
  }

  /** Whatever happens, the next start follows. */
  public static final RestartRules ENDLESS =
      new RestartRules(Policy.ALWAYS, 0, 0, ExitSet.NONE, ExitSet.NONE);
}
