package dev.baton.sys;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** Native room for the events of one {@link Posix#epollWait}. One thread, made once. */
public final class EpollEvents {
  /** Packed on x86-64 only ({@code <sys/epoll.h>}). */
  static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  static final int SIZE = PACKED ? 12 : 16;
  static final int DATA = PACKED ? 4 : 8;

  private final int capacity;
  private final Pointer memory;

  /**
   * @param capacity how many events one call can return
   */
  public EpollEvents(int capacity) {
    this.capacity = capacity;
    this.memory = Memory.allocateDirect(Runtime.getSystemRuntime(), capacity * SIZE);
  }

  /** The ready events of entry {@code i}. */
  public int events(int i) {
    return memory.getInt((long) i * SIZE);
  }

  /** The token that was given for the descriptor of entry {@code i}. */
  public long token(int i) {
    return memory.getLong((long) i * SIZE + DATA);
  }

  int capacity() {
    return capacity;
  }

  Pointer memory() {
    return memory;
  }
}
