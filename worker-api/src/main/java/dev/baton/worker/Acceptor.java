package dev.baton.worker;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.EpollEvents;
import dev.baton.sys.Errno;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.concurrent.TimeUnit;

/**
 * Accepts from a listening socket into an inbox, on a thread of its own and only as fast as
 * connections are taken: what waits in the kernel's queue can still be another worker's.
 */
final class Acceptor {
  private static final int PAUSE_MILLIS = 100;
  private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 1};

  private final Posix posix;
  private final String listener;
  private final FdBag fds = new FdBag();
  private final OwnedFd socket;
  private final OwnedFd wakeUp;
  private final OwnedFd epoll;
  private final Reports reports;
  private final Complaints complaints;
  private final Thread thread;
  private ServingTakers takers;
  private Inbox inbox;
  private volatile boolean stopping;

  /**
   * Consumes {@code socket}.
   *
   * @throws SysException when it cannot be waited for
   */
  Acceptor(Posix posix, String listener, OwnedFd socket, Reports reports, Complaints complaints)
      throws SysException {
    this.posix = posix;
    this.listener = listener;
    this.reports = reports;
    this.complaints = complaints;
    this.thread = new Thread(this::run, "accept-" + listener);
    boolean done = false;
    try {
      this.socket = fds.add(socket);
      this.wakeUp = fds.add(OwnedFd.of(posix, posix.eventfd(), "accept wake-up"));
      this.epoll = fds.add(OwnedFd.of(posix, posix.epollCreate(), "accept epoll"));
      register(socket);
      register(wakeUp);
      done = true;
    } finally {
      if (!done) {
        fds.close();
      }
    }
  }

  private void register(OwnedFd fd) throws SysException {
    epoll.use(
        e -> fd.use(n -> posix.epollCtl(e, Constants.EPOLL_CTL_ADD, n, Constants.EPOLLIN, 0)));
  }

  void start(Inbox into, ServingTakers servers) {
    inbox = into;
    takers = servers;
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes the socket; what was accepted is in the inbox. */
  void stop() {
    stopping = true;
    try {
      wakeUp.use(n -> posix.write(n, ONE, ONE.length));
      thread.interrupt(); // it may wait for takers
      thread.join(STOP_MILLIS);
    } catch (SysException | IllegalStateException e) {
      // it has ended already
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      PeerAddress peer = new PeerAddress();
      EpollEvents events = new EpollEvents(2);
      while (!stopping) {
        takers.awaitRoom();
        if (!accept(peer)) {
          epoll.<Integer, SysException>borrow(e -> posix.epollWait(e, events, -1));
        }
      }
    } catch (InterruptedException e) {
      // stopped
    } catch (SysException e) {
      complaints.cannotAccept(listener, e);
    } finally {
      // Out of the epoll set first: other holders keep the socket alive, and with it the entry.
      epoll.close();
      fds.close();
    }
  }

  /** False when there is none now. */
  private boolean accept(PeerAddress peer) throws SysException {
    int number;
    try {
      number = socket.borrow(n -> posix.accept4(n, peer));
    } catch (SysException e) {
      if (e.errno() != Errno.ECONNABORTED) {
        complaints.cannotAccept(listener, e);
        wakeUp.<Integer, SysException>borrow(n -> posix.poll(n, Constants.POLLIN, PAUSE_MILLIS));
      }
      return true;
    }
    if (number == Posix.WOULD_BLOCK) {
      return false;
    }
    OwnedFd fd = OwnedFd.of(posix, number, "connection:" + listener);
    inbox.put(Incoming.accepted(listener, Addresses.peer(peer), fd, reports));
    inbox.announce();
    return true;
  }
}
