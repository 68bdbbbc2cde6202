package dev.baton.supervisor.core.dispatch;

/** A made-up client's connection, and what its world knows about it. */
final class WorldClient {
  final int listener;

  /** The worker that has it, claimed or not; null while it waits. */
  WorldWorker holder;

  boolean ourCopy = true;
  boolean claimed;
  boolean vanished;

  /** Whether there is a reason to close our copy. */
  boolean mayClose;

  /** How many workers have begun to serve it. */
  int served;

  /** How often it was handed over. */
  int moves;

  long handedAt;

  WorldClient(int listener) {
    this.listener = listener;
  }
}
