package dev.baton.supervisor.dispatch;

import static dev.baton.sys.Constants.AF_INET;
import static dev.baton.sys.Constants.EPOLLIN;

import dev.baton.fd.FdAction;
import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.dispatch.ClientHash;
import dev.baton.sys.Errno;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The sockets of a pool's listeners, and {@code accept4(2)} on them. One that cannot be accepted
 * from is left alone for a while; what is in its queue stays there. Only for the dispatch thread.
 */
final class Acceptor implements AutoCloseable {
  /** So many clients that are gone one after the other are not the clients' doing. */
  private static final int CLIENTS_IN_A_ROW = 100;

  private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

  /** What the system, and not the socket, is out of. */
  private static final Set<Errno> SHORTAGE =
      Set.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM);

  private final Posix posix;
  private final Poller poller;
  private final Intake intake;
  private final Warnings warnings;
  private final List<String> names;
  private final long pause;
  private final long[] errors;
  private final PeerAddress peer = new PeerAddress();
  private final FdAction<SysException> accept = this::acceptOne;
  private final Reserve reserve;
  private AcceptSocket[] sockets = {};
  private boolean accepting = true;

  /** Whether the last client got a descriptor of the reserve. */
  private boolean low;

  private int accepted;

  /** Where accepted connections go. */
  interface Intake {
    /**
     * Takes charge of a connection.
     *
     * @param number its descriptor, as accept4(2) gave it
     * @param stale whether its client may have gone since
     */
    void take(int number, int listener, PeerAddress peer, long clientHash, boolean stale);
  }

  /**
   * @param names of the listeners, by index
   * @param pause how long a socket is left alone after an error
   */
  Acceptor(
      Posix posix,
      Poller poller,
      Intake intake,
      Warnings warnings,
      List<String> names,
      long pause,
      Reserve reserve) {
    this.posix = posix;
    this.poller = poller;
    this.intake = intake;
    this.warnings = warnings;
    this.names = names;
    this.pause = pause;
    this.reserve = reserve;
    this.errors = new long[names.size()];
  }

  /** Accepts from one more socket; it replaces that of the same key. */
  void add(int listener, int key, OwnedFd fd) {
    remove(listener, key);
    int free = 0;
    while (free < sockets.length && sockets[free] != null) {
      free++;
    }
    if (free == sockets.length) {
      sockets = Arrays.copyOf(sockets, free + 1);
    }
    sockets[free] = new AcceptSocket(listener, key, fd);
    watch(free);
  }

  /** Accepts no more from a socket, and closes our copy of it. */
  void remove(int listener, int key) {
    for (int i = 0; i < sockets.length; i++) {
      AcceptSocket s = sockets[i];
      if (s != null && s.listener == listener && s.key == key) {
        unwatch(s);
        s.fd.close();
        sockets[i] = null;
      }
    }
  }

  private void watch(int index) {
    AcceptSocket s = sockets[index];
    if (s == null || s.watched || s.resting || !accepting) {
      return;
    }
    try {
      poller.add(s.fd, EPOLLIN, Poller.SOCKET + index);
      s.watched = true;
    } catch (SysException e) {
      rest(s, "cannot be watched: " + e.getMessage(), "watch " + e.number());
    }
  }

  /** Where that fails it stays watched, so that its next event is the next attempt. */
  private void unwatch(AcceptSocket s) {
    if (s.watched) {
      try {
        poller.remove(s.fd);
        s.watched = false;
      } catch (SysException e) {
        warn(s, "cannot be left: " + e.getMessage(), "unwatch " + e.number());
      }
    }
  }

  private void rest(AcceptSocket s, String text, String cause) {
    s.resting = true;
    s.restsUntil = System.nanoTime() + pause;
    unwatch(s);
    warn(s, text, cause);
  }

  private void warn(AcceptSocket s, String text, String cause) {
    String name = names.get(s.listener);
    warnings.say(name + " " + cause, "listener " + name + ": " + text, System.nanoTime());
  }

  /**
   * Begins or ceases to accept. Who comes while it has ceased waits in the kernel's queue. A socket
   * stays watched until somebody does come: a short pause then costs no system call.
   */
  void accepting(boolean on) {
    accepting = on;
    for (int i = 0; i < sockets.length; i++) {
      if (sockets[i] != null) {
        sockets[i].stale = true;
        watch(i);
      }
    }
  }

  /** Somebody is in a socket's queue: accepts, in turn with the others. */
  void ready(int index) {
    AcceptSocket s = index < sockets.length ? sockets[index] : null;
    if (s == null || !s.watched) {
      return;
    }
    if (!accepting || s.resting) {
      unwatch(s);
      return;
    }
    if (low && !enoughAgain()) {
      spare(s);
      return;
    }
    int taken = 0;
    while (taken < s.burst && accepting) {
      if (!takeOne(s)) {
        s.emptied(taken);
        return;
      }
      taken++;
    }
    s.more();
  }

  private boolean enoughAgain() {
    try {
      low = reserve.stillBegun();
      return !low;
    } catch (SysException e) {
      return false;
    }
  }

  private void spare(AcceptSocket s) {
    rest(s, "accepts more slowly: few descriptors are left; clients wait", "reserve");
  }

  private boolean takeOne(AcceptSocket s) {
    try {
      s.fd.use(accept);
    } catch (SysException e) {
      return survives(s, e);
    }
    if (accepted == Posix.WOULD_BLOCK) {
      return false;
    }
    long lowBits = peer.family() == AF_INET ? MAPPED_IPV4 | peer.low() : peer.low();
    s.failures = 0;
    int number = accepted;
    intake.take(number, s.listener, peer, ClientHash.of(peer.high(), lowBits), s.stale);
    if (reserve.begunBy(number)) {
      low = true;
      spare(s);
      return false;
    }
    return true;
  }

  private void acceptOne(int number) throws SysException {
    accepted = posix.accept4(number, peer);
  }

  /** Whether to go on with this socket, since only the one client is lost, or gone before. */
  private boolean survives(AcceptSocket s, SysException e) {
    errors[s.listener]++;
    if (SHORTAGE.contains(e.errno())) {
      rest(s, "accepts more slowly: " + e.getMessage() + "; clients wait", "shortage");
      return false;
    }
    if (ClientErrors.contains(e.number()) && ++s.failures < CLIENTS_IN_A_ROW) {
      return true;
    }
    rest(s, "does not accept: " + e.getMessage() + "; tried again", "accept " + e.number());
    return false;
  }

  /** When a socket that was left alone is tried again, or the end of time. */
  long nextRetry() {
    long next = Long.MAX_VALUE;
    for (AcceptSocket s : sockets) {
      if (s != null && s.resting) {
        next = Math.min(next, s.restsUntil);
      }
    }
    return next;
  }

  /** Tries those again whose time has come. */
  void retry(long now) {
    for (int i = 0; i < sockets.length; i++) {
      AcceptSocket s = sockets[i];
      if (s != null && s.resting && s.restsUntil <= now) {
        s.resting = false;
        s.stale = true;
        watch(i);
      }
    }
  }

  /** Times that accept4(2) failed on a listener's sockets. */
  long errors(int listener) {
    return errors[listener];
  }

  @Override
  public void close() {
    for (AcceptSocket s : sockets) {
      if (s != null) {
        unwatch(s);
        s.fd.close();
      }
    }
    sockets = new AcceptSocket[0];
  }
}
