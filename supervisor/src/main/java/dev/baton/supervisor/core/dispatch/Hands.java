package dev.baton.supervisor.core.dispatch;

/**
 * What a {@link Ledger} wants done. Called from within the ledger's methods, on their thread; must
 * not call the ledger's changing methods back, must not throw, and must not block. While a call
 * about a connection lasts, {@link Ledger#place} still knows it.
 */
public interface Hands {
  /** How an attempt to hand a connection to a worker went. */
  enum Handed {
    /** The kernel has taken the frame: the connection is in the worker's channel. */
    SENT,
    /**
     * This worker's channel takes nothing now, or its other end is closed. Nothing more is handed
     * to it before {@link Ledger#writable}.
     */
    FULL,
    /**
     * The system lacks something that no other worker would help with, as with ETOOMANYREFS
     * (unix(7)). Nothing is handed to anybody, nor accepted, for a while.
     */
    SCARCE,
    /** The client has gone meanwhile; there is nothing to hand over. */
    GONE
  }

  /** What our copy of a dead worker's connection says. */
  enum Found {
    /** The worker has neither read nor written: another one may serve it. */
    UNTOUCHED,
    /** The worker has read or written: nobody else may serve it. */
    TOUCHED,
    /** The client has gone. */
    GONE
  }

  /** Send the connection to the worker and keep our copy. */
  Handed hand(long connection, int worker);

  /** Close our copy: the worker has claimed the connection, or nobody will. */
  void closeOurCopy(long connection);

  /**
   * Ask the worker for connections back.
   *
   * @param connections the first {@code count} are meant; the array is used again after the call
   */
  void recall(int worker, long[] connections, int count);

  /** Look at our copy; the worker that had it is dead and its channel was read to the end. */
  Found examine(long connection);

  /**
   * Kill the worker, then reap it, read its channel to the end and say {@link Ledger#reaped}. Comes
   * once for a worker.
   *
   * @param connection the one that shows the fault, as the worker called it
   */
  void kill(int worker, Fault fault, long connection);

  /** Begin or cease to accept from the pool's listeners; comes on a change only. */
  void accepting(boolean on);
}
