package dev.baton.worker;

/**
 * Who take the connections of an inbox. Called by any thread; never waits, but where it says so.
 */
interface Takers {
  /** There is something to take. Cheap when somebody is on the way already. */
  void wake();

  /** Whether they read the control channel themselves when nothing is left ({@link Leading}). */
  default boolean leads() {
    return false;
  }

  /** Nothing comes any more; what is left is still to be taken. */
  void end();
}
