package dev.baton.supervisor.loop;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** Deadlines of one loop, in its nanoseconds. Only for the loop's thread. */
public final class Timers {
  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(Comparator.comparingLong((Timer t) -> t.at).thenComparing(t -> t.order));
  private long order;

  /** One deadline. */
  public final class Timer {
    private final long at;
    private final long order;
    private final Runnable task;

    private Timer(long at, long order, Runnable task) {
      this.at = at;
      this.order = order;
      this.task = task;
    }

    /** Takes it back; does nothing when it is over. */
    public void cancel() {
      queue.remove(this);
    }
  }

  /** Runs a task once a time has come. */
  public Timer at(long when, Runnable task) {
    Timer timer = new Timer(when, order++, task);
    queue.add(timer);
    return timer;
  }

  /** The earliest deadline, or {@link #NEVER}. */
  long next() {
    return queue.isEmpty() ? NEVER : queue.peek().at;
  }

  /** Hands out what is due. What a task adds for the same moment waits for the next turn. */
  void expire(long now, Consumer<Runnable> runner) {
    long last = order;
    while (!queue.isEmpty() && queue.peek().at <= now && queue.peek().order < last) {
      runner.accept(queue.remove().task);
    }
  }
}
