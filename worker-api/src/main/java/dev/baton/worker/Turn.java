package dev.baton.worker;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The right to read the control channel: one thread has it at a time, and what one did the next one
 * sees. Nobody ever waits for it, but for the moment that a read takes.
 */
final class Turn {
  private static final int FREE = 0;
  private static final int BUSY = 1;
  private static final int WAITING = 2;
  private static final int SPINS = 200;

  private final AtomicInteger state = new AtomicInteger();

  /** Gets it, unless the one who has it waits for the supervisor, or is long about it. */
  boolean take() {
    for (int i = 0; i < SPINS; i++) {
      if (state.compareAndSet(FREE, BUSY)) {
        return true;
      }
      if (state.get() == WAITING) {
        return false;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /** Its holder begins to wait, or has ended to. */
  void waiting(boolean now) {
    state.set(now ? WAITING : BUSY);
  }

  /** Gives it up. */
  void leave() {
    state.set(FREE);
  }
}
