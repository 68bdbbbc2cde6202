package dev.baton.supervisor.dispatch;

import static dev.baton.sys.Constants.EPOLLIN;
import static dev.baton.sys.Constants.EPOLL_CTL_ADD;
import static dev.baton.sys.Constants.EPOLL_CTL_DEL;

import dev.baton.channel.HandOffSocket;
import dev.baton.fd.FdAction;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.EpollEvents;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the dispatch thread waits for: an {@code epoll(7)} of its own, and a counter by which other
 * threads wake it. While it is awake, waking it costs no system call.
 */
final class Poller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
  private static final int EVENTS = 64;
  private static final long WAKE_UP = 0;

  /** The token of accepting socket {@code i} is {@code SOCKET + i}. */
  static final long SOCKET = 1L << 32;

  /** The token of worker {@code i}'s channel is {@code WORKER + i}. */
  static final long WORKER = 2L << 32;

  private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 0};

  private final Posix posix;
  private final OwnedFd epoll;
  private final OwnedFd wakeUp;
  private final EpollEvents events = new EpollEvents(EVENTS);
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final byte[] counter = new byte[8];
  private final FdAction<SysException> waiting = this::poll;
  private final FdAction<SysException> clearing = this::readCounter;
  private final FdAction<SysException> waking = this::writeCounter;
  private int millis;
  private int ready;

  /** What is done with one event. */
  interface Handler {
    /**
     * @param token as given when the descriptor was added
     * @param what the events that are there
     */
    void ready(long token, int what);
  }

  Poller(Posix posix) throws SysException {
    this.posix = posix;
    this.epoll = OwnedFd.of(posix, posix.epollCreate(), "epoll of a dispatcher");
    try {
      this.wakeUp = OwnedFd.of(posix, posix.eventfd(), "wake-up of a dispatcher");
    } catch (SysException e) {
      epoll.close();
      throw e;
    }
    try {
      epoll.use(e -> wakeUp.use(n -> posix.epollCtl(e, EPOLL_CTL_ADD, n, EPOLLIN, WAKE_UP)));
    } catch (SysException e) {
      close();
      throw e;
    }
  }

  void add(OwnedFd source, int what, long token) throws SysException {
    epoll.use(e -> source.use(n -> posix.epollCtl(e, EPOLL_CTL_ADD, n, what, token)));
  }

  /** To be called before the descriptor is closed: others may hold what it is open on. */
  void remove(OwnedFd source) throws SysException {
    epoll.use(e -> source.use(n -> posix.epollCtl(e, EPOLL_CTL_DEL, n, 0, 0)));
  }

  void add(HandOffSocket source, int what, long token) throws SysException {
    epoll.use(e -> source.borrow(n -> control(e, EPOLL_CTL_ADD, n, what, token)));
  }

  void remove(HandOffSocket source) throws SysException {
    epoll.use(e -> source.borrow(n -> control(e, EPOLL_CTL_DEL, n, 0, 0)));
  }

  private Object control(int set, int operation, int number, int what, long token)
      throws SysException {
    posix.epollCtl(set, operation, number, what, token);
    return null;
  }

  /** From now on {@link #wake} is heard. Look once more for work after this, and only then wait. */
  void fallAsleep() {
    asleep.set(true);
  }

  /**
   * Waits, unless woken.
   *
   * @param nanos at most so long; 0 only looks; {@link Long#MAX_VALUE} is without an end
   */
  void await(long nanos) throws SysException {
    millis = millis(nanos);
    ready = 0;
    try {
      epoll.use(waiting);
    } finally {
      asleep.set(false);
    }
  }

  /** Handles what {@link #await} found. */
  void handle(Handler handler) throws SysException {
    for (int i = 0; i < ready; i++) {
      long token = events.token(i);
      if (token == WAKE_UP) {
        wakeUp.use(clearing);
      } else {
        handler.ready(token, events.events(i));
      }
    }
    ready = 0;
  }

  private static int millis(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      return -1;
    }
    long rounded = TimeUnit.NANOSECONDS.toMillis(nanos) + (nanos % 1_000_000 == 0 ? 0 : 1);
    return (int) Math.max(0, Math.min(rounded, Integer.MAX_VALUE));
  }

  private void poll(int number) throws SysException {
    ready = posix.epollWait(number, events, millis);
  }

  private void readCounter(int number) throws SysException {
    posix.read(number, counter);
  }

  private void writeCounter(int number) throws SysException {
    posix.write(number, ONE, ONE.length);
  }

  /** Ends a wait that has begun or is about to. Any thread. */
  void wake() {
    if (asleep.compareAndSet(true, false)) {
      try {
        wakeUp.use(waking);
      } catch (SysException | IllegalStateException e) {
        LOG.debug("tried again to wake a dispatcher: {}", e.getMessage());
        asleep.set(true);
        wakeAgain();
      }
    }
  }

  private void wakeAgain() {
    try {
      wakeUp.use(waking);
    } catch (SysException | IllegalStateException e) {
      // Closed meanwhile, or nothing helps; the next command tries again.
      LOG.debug("a dispatcher could not be woken: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    epoll.close();
    wakeUp.close();
  }
}
