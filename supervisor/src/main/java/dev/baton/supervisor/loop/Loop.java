package dev.baton.supervisor.loop;

import static dev.baton.sys.Constants.EPOLLERR;
import static dev.baton.sys.Constants.EPOLLHUP;
import static dev.baton.sys.Constants.EPOLLIN;
import static dev.baton.sys.Constants.EPOLLOUT;
import static dev.baton.sys.Constants.EPOLL_CTL_ADD;
import static dev.baton.sys.Constants.EPOLL_CTL_DEL;
import static dev.baton.sys.Constants.EPOLL_CTL_MOD;

import dev.baton.fd.FdAction;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.EpollEvents;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small reactor over {@code epoll(7)}. The thread that calls {@link #run} owns the truth: all
 * state of pools, slots and workers lives on it. Other threads only {@link #execute}.
 *
 * <p>Epoll through our own door and not a {@code java.nio} Selector: pidfds and control channels
 * are not channels of the JDK, and an upgraded supervisor must run this before anything heavy is
 * loaded.
 */
public final class Loop implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final int EVENTS = 64;
  private static final long WAKE_UP = 0;
  private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 0};

  private final Posix posix;
  private final long origin = System.nanoTime();
  private final OwnedFd epoll;
  private final OwnedFd wakeUp;
  private final EpollEvents events = new EpollEvents(EVENTS);
  private final Map<Long, Interest> interests = new HashMap<>();
  private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Timers timers = new Timers();
  private final byte[] counter = new byte[8];

  // Made once: this thread hears of every connection that is handed off.
  private final FdAction<SysException> waiting = this::await;
  private final FdAction<SysException> clearing = this::readCounter;
  private final FdAction<SysException> waking = this::writeCounter;
  private final Consumer<Runnable> guard = this::guarded;
  private int ready;
  private long nextToken = WAKE_UP + 1;
  private boolean stopped;

  /** Opens the epoll and the wake-up descriptor. */
  public Loop(Posix posix) throws SysException {
    this.posix = posix;
    this.epoll = OwnedFd.of(posix, posix.epollCreate(), "epoll");
    try {
      this.wakeUp = OwnedFd.of(posix, posix.eventfd(), "wake-up");
    } catch (SysException e) {
      epoll.close();
      throw e;
    }
    try {
      control(EPOLL_CTL_ADD, wakeUp::borrow, EPOLLIN, WAKE_UP);
    } catch (SysException e) {
      close();
      throw e;
    }
  }

  /** Something that lends a descriptor number for one call. */
  @FunctionalInterface
  public interface Source {
    /** Lends the number. */
    <T, X extends Exception> T borrow(dev.baton.fd.FdFunction<T, X> use) throws X;
  }

  /** Nanoseconds since the loop was made; never goes back, and ignores the wall clock. */
  public long now() {
    return System.nanoTime() - origin;
  }

  /** Deadlines of this loop; only for its thread. */
  public Timers timers() {
    return timers;
  }

  /** Runs a task on the loop's thread, soon. Any thread. */
  @Override
  public void execute(Runnable task) {
    posted.add(task);
    if (awake.compareAndSet(false, true)) {
      try {
        wakeUp.use(waking);
      } catch (SysException e) {
        awake.set(false);
        throw new IllegalStateException("cannot wake the loop", e);
      }
    }
  }

  /**
   * Watches a descriptor for reading until the returned interest is cancelled, which has to happen
   * before the descriptor is closed.
   *
   * @param readable called when it can be read or was hung up
   * @param writable called when it can be written, while {@link Interest#writing} asks for it
   */
  public Interest watch(Source source, Runnable readable, Runnable writable) throws SysException {
    long token = nextToken++;
    Interest interest = new Interest(source, token, readable, writable);
    control(EPOLL_CTL_ADD, source, EPOLLIN, token);
    interests.put(token, interest);
    return interest;
  }

  /** One watched descriptor. */
  public final class Interest implements Runnable {
    private final Source source;
    private final long token;
    private final Runnable readable;
    private final Runnable writable;
    private boolean reading = true;
    private boolean writing;
    private int found;

    private Interest(Source source, long token, Runnable readable, Runnable writable) {
      this.source = source;
      this.token = token;
      this.readable = readable;
      this.writable = writable;
    }

    /**
     * Says whether to be called when the descriptor can be read; so it is from the start. Without
     * it {@code readable} is called for a hang-up alone, which cannot be left out.
     */
    public void reading(boolean wanted) throws SysException {
      wish(wanted, writing);
    }

    /** Says whether to be called when the descriptor can be written, too. */
    public void writing(boolean wanted) throws SysException {
      wish(reading, wanted);
    }

    private void wish(boolean read, boolean write) throws SysException {
      if ((read != reading || write != writing) && interests.containsKey(token)) {
        control(EPOLL_CTL_MOD, source, (read ? EPOLLIN : 0) | (write ? EPOLLOUT : 0), token);
        reading = read;
        writing = write;
      }
    }

    /** Watches no more; further calls do nothing. */
    public void cancel() {
      if (interests.remove(token) != null) {
        try {
          control(EPOLL_CTL_DEL, source, 0, token);
        } catch (SysException e) {
          LOG.warn("a descriptor could not be taken out of the loop: {}", e.getMessage());
        }
      }
    }

    /** Only for the loop: calls for what was found. */
    @Override
    public void run() {
      int what = found;
      if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        readable.run();
      }
      if ((what & EPOLLOUT) != 0 && interests.containsKey(token)) {
        writable.run();
      }
    }
  }

  /** Waits and calls, until {@link #stop}. A failing handler is a defect; the loop survives it. */
  public void run() throws SysException {
    while (!stopped) {
      epoll.use(waiting);
      for (int i = 0; i < ready; i++) {
        dispatch(events.token(i), events.events(i));
      }
      timers.expire(now(), guard);
      runPosted();
    }
  }

  private void await(int number) throws SysException {
    ready = posix.epollWait(number, events, timeoutMillis());
  }

  /** Whether nothing waits that somebody has had executed. */
  public boolean quiet() {
    return posted.isEmpty();
  }

  /** Ends {@link #run} after this turn. Only on the loop's thread. */
  public void stop() {
    stopped = true;
  }

  private void dispatch(long token, int what) {
    if (token == WAKE_UP) {
      clearWakeUp();
      return;
    }
    Interest interest = interests.get(token); // may be gone since the events were taken
    if (interest != null) {
      interest.found = what;
      guarded(interest);
    }
  }

  /**
   * The counter is read first: whoever posts between the two finds the loop awake and writes
   * nothing, and its task is taken in this turn. The other way round its write would be swallowed
   * here with {@code awake} left set, and nobody would ever wake the loop again.
   */
  private void clearWakeUp() {
    try {
      wakeUp.use(clearing);
    } catch (SysException e) {
      LOG.warn("the loop's wake-up could not be read: {}", e.getMessage());
    }
    awake.set(false);
  }

  private void readCounter(int number) throws SysException {
    posix.read(number, counter);
  }

  private void writeCounter(int number) throws SysException {
    posix.write(number, ONE, ONE.length);
  }

  private void runPosted() {
    for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
      guarded(task);
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | AssertionError e) {
      LOG.error("a handler of the loop failed; this is a defect of Baton", e);
    }
  }

  private int timeoutMillis() {
    if (!posted.isEmpty()) {
      return 0;
    }
    long next = timers.next();
    if (next == Timers.NEVER) {
      return -1;
    }
    long nanos = next - now();
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
    return (int) Math.max(0, Math.min(millis, Integer.MAX_VALUE));
  }

  private void control(int operation, Source source, int what, long token) throws SysException {
    epoll.use(
        e ->
            source.<Object, SysException>borrow(
                n -> {
                  posix.epollCtl(e, operation, n, what, token);
                  return null;
                }));
  }

  /** Closes the loop's own descriptors; the watched ones are their owners'. */
  @Override
  public void close() {
    epoll.close();
    wakeUp.close();
  }
}
