package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.O_NONBLOCK;
import static dev.baton.sys.Constants.POLLERR;
import static dev.baton.sys.Constants.POLLHUP;
import static dev.baton.sys.Constants.POLLIN;
import static dev.baton.sys.Constants.POLLRDHUP;
import static dev.baton.sys.Constants.SHUT_RDWR;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_ACCEPTCONN;
import static dev.baton.sys.Constants.SO_PEERNAME;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Optional;

/** One bound socket that the store owns. Used by one thread. */
abstract sealed class BoundListener implements AutoCloseable permits InetListener, UnixListener {
  /** What a check found and did; the socket is another one when {@code replaced}. */
  record Outcome(String found, String done, boolean replaced) {}

  static final String SHUT_DOWN = "it was shut down";
  static final String REPLACED = "bound again, by a new socket";

  final Posix posix;
  private ListenerConfig config;
  private OwnedFd fd;
  private long cookie;
  private long since;
  private Inode inode; // null: not asked for yet

  BoundListener(Posix posix, ListenerConfig config) {
    this.posix = posix;
    this.config = config;
  }

  final ListenerConfig config() {
    return config;
  }

  /** As configured from now on, as far as a bound socket can be. */
  void configure(ListenerConfig next) throws SysException {
    config = next;
    if (!next.address().datagram()) {
      listen(fd);
    }
  }

  /** For all that have a copy. */
  final void shutDown() {
    try {
      fd.use(n -> posix.shutdown(n, SHUT_RDWR));
    } catch (SysException e) {
      // It was, or it is a socket for datagrams without a peer, which ends with its last copy.
    }
  }

  /** Where it is bound, with the real port. */
  abstract String uri();

  /** Whether its queue is as long as it was made; the outcome of a repair when it was not. */
  abstract Optional<Outcome> checkQueue() throws SysException;

  /** Makes it serve again, by another socket at the same address if need be. */
  abstract Outcome restore(String found) throws SysException, UnavailableException;

  /** Leaves a name that an earlier supervisor has made when this is closed: others serve there. */
  void leaveName() {
    // Only a path could be taken away.
  }

  OwnedFd fd() {
    return fd;
  }

  long cookie() {
    return cookie;
  }

  /** What it leads to; asked for when somebody wants to know, and then kept. */
  final Inode inode() throws SysException {
    if (inode == null) {
      inode = Inode.of(posix, fd);
    }
    return inode;
  }

  /** When this socket was taken over, as {@link System#nanoTime} tells it. */
  final long since() {
    return since;
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
    inode = null;
    since = System.nanoTime();
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

  /** Why it does not serve everybody any more; empty when it does. */
  Optional<String> fault() throws SysException {
    if (config().address().datagram()) {
      if (isShutDown(POLLHUP | POLLRDHUP)) {
        return Optional.of(SHUT_DOWN);
      }
      return isConnected() ? Optional.of("it was connected to one sender") : Optional.empty();
    }
    return listening() ? Optional.empty() : Optional.of(SHUT_DOWN);
  }

  /**
   * Whether connects are taken. After {@code shutdown} a TCP socket has left the listening state; a
   * UNIX-domain socket still claims to be in it, but reports a hang-up.
   */
  final boolean listening() throws SysException {
    return !isShutDown(POLLHUP | POLLERR | POLLRDHUP)
        && fd.borrow(n -> posix.getsockopt(n, SOL_SOCKET, SO_ACCEPTCONN)) != 0;
  }

  private boolean isShutDown(int signs) throws SysException {
    return fd.borrow(n -> posix.poll(n, POLLRDHUP, 0) & signs) != 0;
  }

  /** A datagram socket that was connected gets nothing from anybody else. */
  private boolean isConnected() throws SysException {
    try {
      fd.use(n -> posix.getsockopt(n, SOL_SOCKET, SO_PEERNAME));
      return true;
    } catch (SysException e) {
      if (e.errno() == Errno.ENOTCONN) {
        return false;
      }
      throw e;
    }
  }

  /**
   * How much waits in it; at least 1 when anything does. Where the kernel does not tell, 0 or 1.
   */
  int queued() throws SysException {
    return hasInput() ? 1 : 0;
  }

  final boolean hasInput() throws SysException {
    return fd.borrow(n -> posix.poll(n, POLLIN, 0) & POLLIN) != 0;
  }

  final void listen(OwnedFd socket) throws SysException {
    socket.use(n -> posix.listen(n, config().backlog()));
  }

  final void set(OwnedFd socket, int level, int option, int value) throws SysException {
    socket.use(n -> posix.setsockopt(n, level, option, value));
  }

  final void set(OwnedFd socket, int level, int option, boolean on) throws SysException {
    set(socket, level, option, on ? 1 : 0);
  }

  final String label() {
    return "listener:" + config().name();
  }

  @Override
  public void close() {
    if (fd != null) {
      fd.close();
    }
  }
}
