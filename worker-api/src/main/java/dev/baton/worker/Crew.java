package dev.baton.worker;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The threads that serve a listener's connections, each taking them from the inbox by itself: a
 * connection has one thread to reach, not two.
 *
 * <p>Who adds connections never makes a thread and wakes at most one, and none while one is on its
 * way or all are busy; a thread that has taken a connection wakes the next one if there is more. It
 * also sees to it that one is idle, as long as there may be more. The last one to fall idle is the
 * first to be called, so that the others can end. One that finds nothing more to take reads the
 * control channel for a while, where it may, before it falls idle.
 */
final class Crew implements ServingTakers {
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final String listener;
  private final int most;
  private final Consumer<Incoming> server;
  private final Complaints complaints;
  private final ArrayDeque<Member> idle = new ArrayDeque<>();
  private Inbox inbox;
  private Leading leading;
  private int members;
  private int lastNumber;
  private boolean onTheWay;
  private boolean ended;
  private boolean awaited;

  private final class Member extends Thread {
    private volatile boolean called;

    Member(int number) {
      super("connections-" + listener + "-" + number);
      setDaemon(true);
    }

    @Override
    public void run() {
      do {
        Incoming connection = inbox.take();
        while (connection != null) {
          took(this);
          server.accept(connection);
          Thread.interrupted(); // the handler's, and over with it
          connection = inbox.take();
          if (connection == null && leading.lead(inbox, 0)) {
            connection = inbox.take();
          }
        }
        arrived(this);
      } while (await(this));
    }
  }

  /**
   * @param most threads
   * @param server serves one; never throws
   */
  Crew(String listener, int most, Consumer<Incoming> server, Complaints complaints) {
    this.listener = listener;
    this.most = most;
    this.server = server;
    this.complaints = complaints;
  }

  @Override
  public synchronized void start(Inbox from, Leading by) {
    inbox = from;
    leading = by;
    enlist();
  }

  @Override
  public synchronized void wake() {
    if (!onTheWay) {
      callOne();
    }
  }

  private void callOne() {
    Member next = idle.pollFirst();
    if (next != null) {
      onTheWay = true;
      next.called = true;
      LockSupport.unpark(next);
    }
  }

  /** A new one is on its way, too. */
  private void enlist() {
    members++;
    onTheWay = true;
    try {
      new Member(++lastNumber).start();
    } catch (OutOfMemoryError e) { // what the JVM says when the system has no thread left
      members--;
      onTheWay = false;
      complaints.noThread(listener, e);
    }
  }

  private synchronized void took(Member member) {
    member.called = false;
    onTheWay = false;
    if (idle.isEmpty() && members < most && !ended) {
      enlist();
    } else if (inbox.available() > 0) {
      callOne();
    }
    noticeRoom();
  }

  private synchronized void arrived(Member member) {
    member.called = false;
    onTheWay = false;
  }

  /** Waits to be called; false when the thread is to end. */
  private boolean await(Member member) {
    synchronized (this) {
      if (ended && inbox.over()) {
        members--;
        callOne(); // to see it, too
        return false;
      }
      idle.addFirst(member);
      noticeRoom();
      if (inbox.available() > 0) {
        idle.remove(member); // it came before this one was seen to be idle
        onTheWay = true;
        return true;
      }
    }
    long end = System.nanoTime() + IDLE_NANOS;
    while (!member.called) {
      LockSupport.parkNanos(this, end - System.nanoTime());
      if (end - System.nanoTime() <= 0) {
        if (leave(member)) {
          return false;
        }
        end += IDLE_NANOS;
      }
    }
    return true;
  }

  private synchronized boolean leave(Member member) {
    if (idle.size() > 1 && idle.remove(member)) {
      members--;
      return true;
    }
    return false;
  }

  @Override
  public synchronized void end() {
    ended = true;
    awaited = false;
    notifyAll();
    callOne();
  }

  @Override
  public synchronized void awaitRoom() throws InterruptedException {
    while (!ended && inbox.available() >= idle.size() + most - members) {
      awaited = true;
      wait();
    }
  }

  private void noticeRoom() {
    if (awaited) {
      awaited = false;
      notifyAll();
    }
  }
}
