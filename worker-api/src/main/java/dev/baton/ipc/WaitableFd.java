package dev.baton.ipc;

import dev.baton.fd.FdBag;
import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.EpollEvents;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;

/**
 * A descriptor that some threads use and wait for while another may close it. The last to leave
 * closes it, so that no call ever finds a newcomer under its number.
 */
final class WaitableFd implements AutoCloseable {
  /** A wait without an end. */
  static final Duration FOREVER = Duration.ofDays(10_000);

  private static final byte[] ONE = {1, 1, 1, 1, 1, 1, 1, 1};
  private static final int LONGEST_MILLIS = 3_600_000;

  private final Posix posix;
  private final OwnedFd fd;
  private final FdBag helpers = new FdBag();

  // Guarded by this.
  private int users = 1;
  private boolean closed;
  private OwnedFd wakeup;
  private OwnedFd readable;
  private OwnedFd writable;

  /** Consumes {@code fd}. */
  WaitableFd(Posix posix, OwnedFd fd) {
    this.posix = posix;
    this.fd = fd;
  }

  /** When a time limit will be over, by {@code System.nanoTime()}. */
  static long deadline(Duration limit) {
    return System.nanoTime() + (limit.compareTo(FOREVER) < 0 ? limit : FOREVER).toNanos();
  }

  /** What is left of it, not below zero. */
  static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /** Makes a call that does not wait, or not for long. */
  <T> T call(FdFunction<T, SysException> call) throws IOException {
    enter();
    try {
      return fd.borrow(call);
    } finally {
      leave();
    }
  }

  /** Waits until it is worth reading; false when the time is over. */
  boolean awaitReadable(Duration limit) throws IOException {
    return await(Constants.EPOLLIN, limit);
  }

  /** Waits until it is worth writing; only of connected sockets. */
  boolean awaitWritable(Duration limit) throws IOException {
    return await(Constants.EPOLLOUT, limit);
  }

  private boolean await(int event, Duration limit) throws IOException {
    enter();
    try {
      OwnedFd epoll = epoll(event);
      EpollEvents events = new EpollEvents(2);
      long end = deadline(limit);
      for (; ; ) {
        // Rounded up, so that the last round does not spin.
        long left = Math.max(0, (end - System.nanoTime() + 999_999) / 1_000_000);
        int millis = (int) Math.min(left, LONGEST_MILLIS);
        int ready = epoll.borrow(n -> posix.epollWait(n, events, millis));
        checkOpen();
        if (ready > 0) {
          return true;
        }
        if (left == 0) {
          return false;
        }
      }
    } finally {
      leave();
    }
  }

  /** One for each direction, since one thread may wait to read and another to write. */
  private synchronized OwnedFd epoll(int event) throws IOException {
    checkOpen(); // or a close just now would have had nothing to wake us with
    boolean reads = event == Constants.EPOLLIN;
    OwnedFd there = reads ? readable : writable;
    if (there != null) {
      return there;
    }
    if (wakeup == null) {
      wakeup = helpers.add(OwnedFd.of(posix, posix.eventfd(), "wakeup:" + fd.label()));
    }
    OwnedFd epoll = OwnedFd.of(posix, posix.epollCreate(), "wait:" + fd.label());
    try {
      watch(epoll, fd, event);
      watch(epoll, wakeup, Constants.EPOLLIN);
    } catch (SysException e) {
      epoll.close();
      throw e;
    }
    helpers.add(epoll);
    if (reads) {
      readable = epoll;
    } else {
      writable = epoll;
    }
    return epoll;
  }

  private void watch(OwnedFd epoll, OwnedFd watched, int event) throws SysException {
    epoll.use(e -> watched.use(n -> posix.epollCtl(e, Constants.EPOLL_CTL_ADD, n, event, 0)));
  }

  synchronized boolean isOpen() {
    return !closed;
  }

  void checkOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  /**
   * Moves the descriptor out, and closes the rest.
   *
   * @throws IllegalStateException while another thread is in a call
   */
  synchronized OwnedFd take() throws ClosedChannelException {
    checkOpen();
    if (users != 1) {
      throw new IllegalStateException(fd.label() + " is in use by another thread");
    }
    OwnedFd taken = fd.take(fd.label());
    closed = true;
    leave();
    return taken;
  }

  private synchronized void enter() throws ClosedChannelException {
    checkOpen();
    users++;
  }

  private synchronized void leave() {
    users--;
    if (users == 0) {
      // Out of the epoll sets before it is closed: others may hold the same description.
      helpers.close();
      fd.close();
    }
  }

  /** Ends every wait. Further calls do nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (wakeup != null && users > 1) {
      try {
        wakeup.use(n -> posix.write(n, ONE, ONE.length));
      } catch (SysException e) {
        throw new IllegalStateException("a counter that is ours alone refused to count", e);
      } finally {
        leave();
      }
    } else {
      leave();
    }
  }

  @Override
  public String toString() {
    return fd.toString();
  }
}
