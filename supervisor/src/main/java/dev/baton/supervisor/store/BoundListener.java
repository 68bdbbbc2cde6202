package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.O_NONBLOCK;
import static dev.baton.sys.Constants.POLLERR;
import static dev.baton.sys.Constants.POLLHUP;
import static dev.baton.sys.Constants.POLLRDHUP;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_ACCEPTCONN;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Optional;

/** One listening socket that the store owns. Used by one thread. */
abstract sealed class BoundListener implements AutoCloseable permits TcpListener, UnixListener {
  /** What a check found and did; the socket is another one when {@code replaced}. */
  record Outcome(String found, String done, boolean replaced) {}

  final Posix posix;
  final ListenerConfig config;
  private OwnedFd fd;
  private long cookie;

  BoundListener(Posix posix, ListenerConfig config) {
    this.posix = posix;
    this.config = config;
  }

  /** Where it is bound, with the real port. */
  abstract String uri();

  /** Whether its queue is as long as it was made; the outcome of a repair when it was not. */
  abstract Optional<Outcome> checkQueue() throws SysException;

  /** Makes it listen again, by another socket at the same address if need be. */
  abstract Outcome restore() throws SysException, UnavailableException;

  OwnedFd fd() {
    return fd;
  }

  long cookie() {
    return cookie;
  }

  HeldListener held() {
    return new HeldListener(config.name(), uri(), config.mode(), cookie);
  }

  /** Takes over a new socket and closes the one before; consumes {@code socket}. */
  final void hold(OwnedFd socket) throws SysException {
    try {
      cookie = socket.borrow(posix::socketCookie);
    } catch (SysException e) {
      socket.close();
      throw e;
    }
    if (fd != null) {
      fd.close();
    }
    fd = socket;
  }

  /** O_NONBLOCK belongs to the open file description, so any holder can have cleared it. */
  final boolean makeNonBlocking() throws SysException {
    int flags = fd.borrow(posix::statusFlags);
    if ((flags & O_NONBLOCK) != 0) {
      return false;
    }
    fd.use(n -> posix.setStatusFlags(n, flags | O_NONBLOCK));
    return true;
  }

  /**
   * Whether connects are taken. After {@code shutdown} a TCP socket has left the listening state; a
   * UNIX-domain socket still claims to be in it, but reports a hang-up.
   */
  boolean listening() throws SysException {
    int gone = POLLHUP | POLLERR | POLLRDHUP;
    return fd.borrow(n -> posix.poll(n, POLLRDHUP, 0) & gone) == 0
        && fd.borrow(n -> posix.getsockopt(n, SOL_SOCKET, SO_ACCEPTCONN)) != 0;
  }

  final void listen(OwnedFd socket) throws SysException {
    socket.use(n -> posix.listen(n, config.backlog()));
  }

  final String label() {
    return "listener:" + config.name();
  }

  @Override
  public void close() {
    if (fd != null) {
      fd.close();
    }
  }
}
