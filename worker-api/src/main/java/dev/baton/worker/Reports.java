package dev.baton.worker;

import dev.baton.protocol.Numbers;
import dev.baton.protocol.ToSupervisor.Claim;
import dev.baton.protocol.ToSupervisor.Closed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What the supervisor hears about connections: claimed, closed. Said in batches of 32, or after 2
 * ms; of one connection always in this order. Counts the open ones. Thread-safe.
 */
final class Reports {
  static final int BATCH = 32;
  private static final long LAZY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Outbox outbox;
  private final Tally tally = new Tally();
  private final long[] claims = new long[BATCH];
  private final long[] closed = new long[BATCH];
  private final AtomicLong lastOwn = new AtomicLong();
  private final LongSet handedOver = new LongSet();
  private final List<Runnable> whenNoneOpen = new ArrayList<>();
  private int claimCount;
  private int closedCount;
  private int open;
  private Thread lazy;
  private volatile boolean asleep;

  Reports(Outbox outbox) {
    this.outbox = outbox;
  }

  /** In which each of them is counted once. */
  Tally tally() {
    return tally;
  }

  /** This worker has accepted a connection by itself: its number. */
  long opened() {
    tally.connection();
    synchronized (this) {
      open++;
    }
    return lastOwn.decrementAndGet();
  }

  /** The plugin takes a connection that was handed over. */
  void claimed(long number) {
    tally.connection();
    synchronized (this) {
      open++;
      handedOver.add(number);
      claims[claimCount++] = number;
      if (claimCount == BATCH) {
        flush();
        return;
      }
    }
    soon();
  }

  /** A connection that counted as open is closed. */
  void closed(long number) {
    List<Runnable> now = List.of();
    synchronized (this) {
      open--;
      if (number >= 0) {
        handedOver.remove(number);
        closed[closedCount++] = number;
      }
      if (closedCount == BATCH) {
        flush();
      }
      if (open == 0 && !whenNoneOpen.isEmpty()) {
        now = List.copyOf(whenNoneOpen);
        whenNoneOpen.clear();
      }
    }
    now.forEach(Runnable::run);
    soon();
  }

  /** Says everything now, as far as the kernel takes it. */
  synchronized void flush() {
    if (claimCount > 0) {
      outbox.send(new Claim(List.of(), Numbers.of(claims, claimCount)));
      claimCount = 0;
    }
    if (closedCount > 0) {
      outbox.send(new Closed(Numbers.of(closed, closedCount)));
      closedCount = 0;
    }
  }

  /** One that waits to be taken is open from now on: nobody but this worker has it any more. */
  void keeps(long number) {
    tally.connection();
    synchronized (this) {
      open++;
      handedOver.add(number);
    }
  }

  /**
   * All that were handed over, are claimed and not closed. What was to be said of the others is
   * forgotten, and what happens from now on is kept by the outbox until the answer to this.
   */
  synchronized Numbers rejoining() {
    claimCount = 0;
    closedCount = 0;
    outbox.keep();
    long[] numbers = handedOver.toArray();
    return Numbers.of(numbers, numbers.length);
  }

  /** Whether the kernel has everything, claims above all, and the supervisor is there to read. */
  boolean said() {
    return outbox.allSent();
  }

  /** Runs it when no connection is open: now, or on the thread that closes the last one. */
  void whenNoneOpen(Runnable then) {
    synchronized (this) {
      if (open > 0) {
        whenNoneOpen.add(then);
        return;
      }
    }
    then.run();
  }

  private synchronized boolean nothingToSay() {
    return claimCount == 0 && closedCount == 0;
  }

  /** Under load the lazy thread never sleeps for long, so nobody has to wake it. */
  private void soon() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(lazy);
    } else if (lazy == null) {
      start();
    }
  }

  private synchronized void start() {
    if (lazy == null) {
      lazy = new Thread(this::sayLazily, "baton-reports");
      lazy.setDaemon(true);
      lazy.start();
    }
  }

  private void sayLazily() {
    for (; ; ) {
      asleep = true;
      while (asleep && nothingToSay()) {
        LockSupport.park(this);
      }
      asleep = false;
      LockSupport.parkNanos(this, LAZY_NANOS);
      flush();
    }
  }
}
