package dev.baton.supervisor.dispatch;

import dev.baton.fd.OwnedFd;

/** One socket that the dispatcher accepts from; a listener has one, none or several. */
final class AcceptSocket {
  /** The key of a listener's own socket. */
  static final int OWN = Integer.MIN_VALUE;

  private static final int BURST_MAX = 32;
  private static final int FULL_BURSTS = 8;

  final int listener;
  final int key;
  final OwnedFd fd;

  /** Whether the poller watches it. */
  boolean watched;

  /** Whether it is left alone for a while, and until when ({@link System#nanoTime}). */
  boolean resting;

  long restsUntil;

  /** Whether connections may have been in its queue for some time, so that clients may be gone. */
  boolean stale = true;

  /** How many to accept in one turn; the other sockets have theirs then. */
  int burst = 1;

  /** Errors without a connection in between. */
  int failures;

  private int fullBursts;

  AcceptSocket(int listener, int key, OwnedFd fd) {
    this.listener = listener;
    this.key = key;
    this.fd = fd;
  }

  /** There were fewer than asked for. */
  void emptied(int taken) {
    stale = false;
    burst = Math.max(1, taken);
    fullBursts = 0;
  }

  /**
   * There may be more. To find an empty queue costs accept4(2) nearly as much as a connection,
   * since it makes the new socket before it looks; so it is asked for more only where there is a
   * reason.
   */
  void more() {
    if (++fullBursts == FULL_BURSTS) {
      burst = Math.min(BURST_MAX, 2 * burst);
      fullBursts = 0;
    }
  }
}
