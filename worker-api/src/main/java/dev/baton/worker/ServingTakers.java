package dev.baton.worker;

/** Takers that have a handler serve what they take. */
interface ServingTakers extends Takers {
  /**
   * Begins to take. Once, before anything is added.
   *
   * @param leading how a thread may read that has nothing to take
   */
  void start(Inbox inbox, Leading leading);

  /** Waits until one more connection would not have to wait for long, or the end has come. */
  void awaitRoom() throws InterruptedException;
}
