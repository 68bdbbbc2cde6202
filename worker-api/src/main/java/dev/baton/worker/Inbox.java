package dev.baton.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The connections of one listener that have arrived in this worker and that the plugin has not
 * taken. Taking one and giving it back exclude each other here. Thread-safe.
 *
 * <p>Whether a connection that nobody claimed was touched can be seen on a TCP socket, but not on a
 * UNIX-domain one. So of the latter the claim goes out before the plugin gets the connection, and
 * while the supervisor does not read, such a connection waits on, claimed.
 */
final class Inbox {
  private final String listener;
  private final boolean claimFirst;
  private final Reports reports;
  private final Takers takers;
  private final ArrayDeque<Incoming> queue = new ArrayDeque<>();
  private volatile boolean shut;
  private boolean blocked;
  private volatile int available;

  /**
   * @param claimFirst for UNIX-domain connections
   * @param takers who take from it
   */
  Inbox(String listener, boolean claimFirst, Reports reports, Takers takers) {
    this.listener = listener;
    this.claimFirst = claimFirst;
    this.reports = reports;
    this.takers = takers;
  }

  String listener() {
    return listener;
  }

  /** Whether who takes from it may read the control channel. */
  boolean led() {
    return takers.leads();
  }

  /** How many can be taken now. */
  int available() {
    return available;
  }

  /**
   * Adds one, and wakes nobody yet.
   *
   * @return false when nothing that can be refused is taken any more; it stays the caller's
   */
  synchronized boolean put(Incoming connection) {
    if (shut && connection.handedOff()) {
      return false;
    }
    queue.add(connection);
    count();
    return true;
  }

  /** Wakes takers, after one or many were added. */
  void announce() {
    if (available > 0) {
      takers.wake();
    }
  }

  /**
   * Takes the one that has waited longest, for the plugin: it is claimed.
   *
   * @return null when there is none, or none whose claim could be said
   */
  synchronized Incoming take() {
    Incoming next = blocked ? null : queue.peek();
    if (next == null) {
      return null;
    }
    if (next.handedOff() && !next.claimed()) {
      next.setClaimed();
      reports.claimed(next.id());
      if (claimFirst) {
        reports.flush();
      }
    }
    if (claimFirst && next.handedOff() && !reports.said()) {
      blocked = true;
      count();
      return null;
    }
    queue.remove();
    count();
    return next;
  }

  /** What was handed over is claimed already, without a word: there is nobody to say it to. */
  void keepAll() {
    synchronized (this) {
      for (Incoming waiting : queue) {
        if (waiting.refusable()) {
          waiting.setClaimed();
          reports.keeps(waiting.id());
        }
      }
      blocked = false;
      count();
    }
    announce();
  }

  /** All that was claimed has reached the kernel. */
  void claimsSaid() {
    synchronized (this) {
      blocked = false;
      count();
    }
    announce();
  }

  /**
   * Takes back what the plugin has not taken.
   *
   * @param numbers sorted
   */
  synchronized List<Incoming> recall(long[] numbers) {
    List<Incoming> back = new ArrayList<>();
    moveOut(w -> w.refusable() && Arrays.binarySearch(numbers, w.id()) >= 0, back);
    count();
    return back;
  }

  /** Takes out the one that came last, if possible one that is not claimed; null for none. */
  synchronized Incoming recallLast() {
    Incoming last = null;
    for (Iterator<Incoming> i = queue.descendingIterator(); i.hasNext(); ) {
      Incoming waiting = i.next();
      if (!waiting.claimed()) {
        last = waiting;
        break;
      }
    }
    if (last == null && !blocked) { // what is blocked is not to be served or closed yet
      last = queue.peekLast();
    }
    if (last != null) {
      queue.removeLastOccurrence(last);
      count();
    }
    return last;
  }

  /**
   * Takes nothing in any more. What cannot be given back is still there to be taken.
   *
   * @return what can be given back
   */
  List<Incoming> shut() {
    List<Incoming> back = new ArrayList<>();
    synchronized (this) {
      shut = true;
      moveOut(Incoming::refusable, back);
      count();
    }
    takers.end();
    return back;
  }

  /** Whether nothing comes any more. */
  boolean isShut() {
    return shut;
  }

  /** Whether nothing comes any more and nothing is left. */
  synchronized boolean over() {
    return shut && queue.isEmpty();
  }

  /** Takes out those that were handed over and whose claim never left this process. */
  synchronized List<Incoming> takeUnsaid() {
    List<Incoming> unsaid = new ArrayList<>();
    moveOut(Incoming::handedOff, unsaid);
    blocked = false;
    count();
    return unsaid;
  }

  /** Takes out everything, when nobody will take it any more. */
  synchronized List<Incoming> empty() {
    shut = true;
    List<Incoming> rest = new ArrayList<>(queue);
    queue.clear();
    count();
    return rest;
  }

  private void moveOut(Predicate<Incoming> which, List<Incoming> to) {
    queue.removeIf(
        waiting -> {
          boolean out = which.test(waiting);
          if (out) {
            to.add(waiting);
          }
          return out;
        });
  }

  private void count() {
    available = blocked ? 0 : queue.size();
  }
}
