package dev.baton.supervisor.openserver;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work of many, each of whom waits in a lane of its own: lanes take turns, one task a turn, and no
 * lane has more than some threads at once, so that who waits for a dead file server does not have
 * all of them. Thread-safe.
 */
final class FairQueue {
  /** All threads are stuck when none has taken a task for so long and one waits. */
  static final Duration STALL = Duration.ofMillis(200);

  private final int perLane;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition overload = lock.newCondition();
  private final ArrayDeque<Lane> ready = new ArrayDeque<>();
  private int idle;
  private long lastTaken = System.nanoTime();
  private boolean watcherSleeps;
  private boolean closed;

  /**
   * @param perLane tasks of one lane that may run at once
   */
  FairQueue(int perLane) {
    this.perLane = perLane;
  }

  /** A piece of work. */
  interface Task {
    /** Whose it is. */
    Lane lane();

    /** Does it, on a thread that has this opener. */
    void run(PathOpener opener);

    /** Ends it instead. */
    void refuse(Refusal why);
  }

  /** One requester's tasks, in their order. */
  static final class Lane {
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private int running;
    private boolean queued;
  }

  /** Adds a task to its lane; false when the queue is closed. */
  boolean add(Task task) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      Lane lane = task.lane();
      lane.tasks.add(task);
      enqueue(lane);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(Lane lane) {
    if (lane.queued || lane.tasks.isEmpty() || lane.running >= perLane) {
      return;
    }
    lane.queued = true;
    ready.add(lane);
    if (idle > 0) {
      work.signal();
    } else if (watcherSleeps) {
      watcherSleeps = false;
      overload.signal();
    }
  }

  /**
   * Ends the task that this thread has had and waits for another.
   *
   * @param previous null at first
   * @param patience how long to wait; null without an end
   * @return null when the queue is closed or patience is over
   */
  Task next(Task previous, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (previous != null) {
        previous.lane().running--;
        enqueue(previous.lane());
      }
      long left = patience == null ? Long.MAX_VALUE : patience.toNanos();
      while (ready.isEmpty() && !closed && left > 0) {
        idle++;
        try {
          if (patience == null) {
            work.await();
          } else {
            left = work.awaitNanos(left);
          }
        } finally {
          idle--;
        }
      }
      return take();
    } finally {
      lock.unlock();
    }
  }

  private Task take() {
    Lane lane = closed ? null : ready.poll();
    if (lane == null) {
      return null;
    }
    lane.queued = false;
    Task task = lane.tasks.poll();
    lane.running++;
    lastTaken = System.nanoTime();
    enqueue(lane);
    return task;
  }

  /** Forgets the tasks of a lane that have not begun. */
  void clear(Lane lane) {
    lock.lock();
    try {
      lane.tasks.clear();
      lane.queued = false;
      ready.remove(lane);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a task waits and all threads are stuck; false when the queue is closed. */
  boolean awaitStall() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        if (ready.isEmpty() || idle > 0) {
          watcherSleeps = true;
          overload.await();
        }
        long left = STALL.toNanos() - (System.nanoTime() - lastTaken);
        if (left <= 0 && !ready.isEmpty() && idle == 0) {
          lastTaken = System.nanoTime();
          return !closed;
        }
        overload.awaitNanos(Math.max(left, STALL.toNanos() / 4));
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Lets all threads go and returns what has not begun. */
  List<Task> close() {
    lock.lock();
    try {
      closed = true;
      List<Task> left = new ArrayList<>();
      for (Lane lane : ready) {
        left.addAll(lane.tasks);
        lane.tasks.clear();
      }
      ready.clear();
      work.signalAll();
      overload.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }
}
