package dev.baton.supervisor.core;

/**
 * How a worker answers its heartbeats. Immutable.
 *
 * @param missed beats in a row that came while an earlier one was without an answer
 */
public record Pulse(int missed) {
  /** Nothing is missed. */
  public static final Pulse WELL = new Pulse(0);

  /**
   * The next beat has come, and all that the worker had said was read.
   *
   * @param answered whether it owes no answer
   * @param forgiven whether the time before does not count
   */
  public Pulse beat(boolean answered, boolean forgiven) {
    return answered || forgiven ? WELL : new Pulse(missed + 1);
  }
}
