package dev.baton.sys;

import java.util.concurrent.ArrayBlockingQueue;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Native memory for the data of one call at a time, used again: a {@code malloc} for every datagram
 * would cost more than the datagram. A few pieces are kept, for whichever threads call at once;
 * what is larger than a piece is allocated for its call. Thread-safe.
 */
final class Scratch {
  private static final int PIECE = 64 * 1024;
  private static final int KEPT = 8;

  private final Runtime runtime;
  private final ArrayBlockingQueue<Pointer> pieces = new ArrayBlockingQueue<>(KEPT);

  Scratch(Runtime runtime) {
    this.runtime = runtime;
  }

  /** Memory of at least that size, with anything in it; to be given back. */
  Pointer take(int size) {
    if (size > PIECE) {
      return Memory.allocateDirect(runtime, size);
    }
    Pointer piece = pieces.poll();
    return piece != null ? piece : Memory.allocateDirect(runtime, PIECE);
  }

  /** Keeps a piece for the next call, if there is room for it. */
  void give(Pointer memory) {
    if (memory.size() == PIECE) {
      pieces.offer(memory);
    }
  }
}
