package dev.baton.fd;

import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An {@code eventfd(2)} that is readable while there may be something to take, and costs a system
 * call only when that changes. Thread-safe; calls nobody while it is locked.
 */
final class Wakeup implements AutoCloseable {
  private final Posix posix;
  private final OwnedFd event;
  private final byte[] counter = new byte[8];
  private final byte[] one =
      ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
  private volatile boolean set;
  private boolean closed;

  private Wakeup(Posix posix, OwnedFd event) {
    this.posix = posix;
    this.event = event;
  }

  static Wakeup open(Posix posix) throws SysException {
    return new Wakeup(posix, OwnedFd.of(posix, posix.eventfd(), "event:feed"));
  }

  /** To watch: not to be read or written by others. */
  OwnedFd event() {
    return event;
  }

  boolean isSet() {
    return set;
  }

  /** Makes it readable. Nothing once it is closed. */
  void set() throws SysException {
    if (set) {
      return;
    }
    synchronized (this) {
      if (!set && !closed) {
        event.use(n -> posix.write(n, one, one.length));
        set = true;
      }
    }
  }

  /**
   * Makes it unreadable. The caller looks again afterwards for what was put there before a {@link
   * #set} that found it set.
   *
   * @return whether it had been set
   */
  synchronized boolean clear() throws SysException {
    if (!set || closed) {
      return false;
    }
    event.use(n -> posix.read(n, counter));
    set = false;
    return true;
  }

  @Override
  public synchronized void close() {
    closed = true;
    event.close();
  }
}
