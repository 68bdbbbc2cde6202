package dev.baton.supervisor.dispatch;

/**
 * The ledger's time. It stands still while the loop has been asked to catch up and has not said
 * that it did, so that a stall of the loop takes nothing off a worker's time to answer.
 */
final class LedgerClock {
  private long origin = System.nanoTime();
  private long stoppedAt;
  private boolean stopped;

  long now() {
    return at(System.nanoTime());
  }

  /** The ledger's time at a {@link System#nanoTime} not before that of the last {@link #goOn}. */
  long at(long nanoTime) {
    return stopped ? stoppedAt : nanoTime - origin;
  }

  boolean stopped() {
    return stopped;
  }

  void stop() {
    stoppedAt = now();
    stopped = true;
  }

  void goOn() {
    if (stopped) {
      origin = System.nanoTime() - stoppedAt;
      stopped = false;
    }
  }
}
