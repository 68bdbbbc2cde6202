package dev.baton.supervisor.store;

import dev.baton.sys.SysException;

/**
 * A listener that the store has given up. It still takes connections until it is ended. Owns its
 * sockets; used by one thread.
 */
public final class EndedListener implements AutoCloseable {
  private final ListenerSockets sockets;

  EndedListener(ListenerSockets sockets) {
    this.sockets = sockets;
  }

  /** Its name. */
  public String name() {
    return sockets.config().name();
  }

  /** Where it was bound. */
  public String address() {
    return sockets.main().uri();
  }

  /** Whether anything still waits in it to be accepted or read. */
  public boolean empty() throws SysException {
    for (BoundListener socket : sockets.all()) {
      if (socket.queued() > 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Shuts it down, which ends the copies of workers, too, and closes it; what still waits in it is
   * lost. The path of a UNIX-domain socket is unlinked. Once.
   */
  @Override
  public void close() {
    sockets.all().forEach(BoundListener::shutDown);
    sockets.close();
  }
}
