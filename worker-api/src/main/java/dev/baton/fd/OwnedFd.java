package dev.baton.fd;

import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One descriptor with one owner.
 *
 * <p>Whoever created or received it closes it, until it is taken. A method with a parameter of this
 * type consumes it, on failure too, unless its documentation says that it borrows. No equality on
 * the number: numbers are used again. Thread-safe.
 */
public final class OwnedFd implements AutoCloseable {
  private static final int GONE = -1;

  private final Posix posix;
  private final AtomicInteger number = new AtomicInteger();
  private String label;
  private FdLedger.Entry entry;

  /** How it left us; null when it was closed. */
  private volatile String fate;

  private OwnedFd(Posix posix, int number, String label) {
    this.posix = posix;
    this.number.setPlain(number); // seen by whoever sees this object, and no fence for each
    this.label = label;
    this.entry = FdLedger.opened(this, label);
  }

  /**
   * Takes charge of a number that a call of {@code Posix} has just created.
   *
   * @param label what it is, for messages: {@code "listener:web"}
   */
  public static OwnedFd of(Posix posix, int number, String label) {
    if (number < 0) {
      throw new IllegalArgumentException("no descriptor for " + label + ": " + number);
    }
    return new OwnedFd(posix, number, label);
  }

  /**
   * Takes charge of another number, once this one is empty, instead of making an object: for a
   * table through which ten thousands of descriptors pass every second. Only for who made it and
   * never passed it on, since whoever kept a reference would hold the newcomer.
   *
   * @throws IllegalStateException when it still owns one
   */
  public void renew(int next) {
    if (next < 0) {
      throw new IllegalArgumentException("no descriptor for " + label + ": " + next);
    }
    if (!number.compareAndSet(GONE, next)) {
      throw new IllegalStateException(this + " is still open");
    }
    fate = null;
    entry = FdLedger.opened(this, label);
  }

  /** What it is, for messages. */
  public String label() {
    return label;
  }

  /** Says better what it is; only for who made it and has not passed it on yet. */
  void relabel(String better) {
    label = better;
    FdLedger.closed(entry);
    entry = FdLedger.opened(this, better);
  }

  private String fate() {
    String how = fate;
    return how == null ? "closed" : how;
  }

  /** Whether it is still owned here: neither closed nor taken. */
  public boolean isOpen() {
    return number.get() != GONE;
  }

  /**
   * Moves ownership out: this one becomes empty, and the returned one is to be closed.
   *
   * @param label what it is from now on
   */
  public OwnedFd take(String label) {
    return new OwnedFd(posix, leave("taken as " + label), label);
  }

  /**
   * Moves the bare number out, to an object that closes it by itself, such as a channel of the JDK.
   * Only {@link Adoption} needs it.
   */
  int release(String newOwner) {
    return leave("given to " + newOwner);
  }

  /** For a channel that goes on to make calls with the number. */
  Posix posix() {
    return posix;
  }

  private int leave(String how) {
    int n = number.getAndSet(GONE);
    if (n == GONE) {
      throw new IllegalStateException(label + " was " + fate());
    }
    fate = how;
    FdLedger.closed(entry);
    return n;
  }

  /** A second descriptor of the same open file description (F_DUPFD_CLOEXEC). */
  public OwnedFd duplicate(String label) throws SysException {
    return of(posix, borrow(posix::duplicate), label);
  }

  /**
   * Lends the number for the length of one call.
   *
   * @throws IllegalStateException when it was closed or taken
   */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    int n = number.get();
    if (n == GONE) {
      throw new IllegalStateException(label + " was " + fate());
    }
    try {
      return use.apply(n);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** As {@link #borrow}, for a call without a result. Allocates nothing. */
  public <X extends Exception> void use(FdAction<X> action) throws X {
    int n = number.get();
    if (n == GONE) {
      throw new IllegalStateException(label + " was " + fate());
    }
    try {
      action.accept(n);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The number for a log line or a message to the peer's human reader. It may belong to somebody
   * else a moment later.
   */
  public int numberDoNotKeep() {
    return number.get();
  }

  /**
   * A raw {@code close(2)}, once: further calls do nothing. Never a shutdown, so other holders of a
   * shared socket do not notice. A failure of the kernel's close leaves nothing to be done and is
   * told to the ledger only.
   */
  @Override
  public void close() {
    int n = number.getAndSet(GONE);
    if (n == GONE) {
      return;
    }
    FdLedger.closed(entry);
    try {
      posix.close(n);
    } catch (SysException e) {
      FdLedger.closeFailed(label, e);
    }
  }

  @Override
  public String toString() {
    int n = number.get();
    return label + (n == GONE ? " (" + fate() + ")" : " (fd " + n + ")");
  }
}
