package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Warning;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Answers heartbeats, unless the plugin's own check says that it is unwell or does not return.
 *
 * <p>A ping is answered at once, by what is known then, and has the check run again on a thread of
 * its own; so the channel is never held up, and a check may take longer than the heartbeats are
 * apart. What was not answered is answered once a check says that all is well: the supervisor sends
 * no further ping before. Thread-safe.
 */
final class Health {
  private static final long CHECK_AGAIN_MILLIS = 200;
  private static final int MOST_TEXT = 500;
  private static final long NONE = -1;

  private final Outbox outbox;
  private final Tally tally;
  private final JvmFigures jvm = new JvmFigures();
  private HealthCheck check;
  private long most;
  private long open = NONE;
  private boolean due;
  private boolean running;
  private long since;
  private String unwell = "";

  /**
   * @param tally whose figures go with each answer
   */
  Health(Outbox outbox, Tally tally) {
    this.outbox = outbox;
    this.tally = tally;
  }

  /**
   * Has heartbeats depend on a check.
   *
   * @throws IllegalStateException when they do already
   * @throws IllegalArgumentException when the deadline is not above 0
   */
  void register(HealthCheck own, Duration deadline) {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("a health check needs a deadline above 0: " + deadline);
    }
    synchronized (this) {
      if (check != null) {
        throw new IllegalStateException("there is a health check already");
      }
      check = own;
      most = nanos(deadline);
    }
    Thread thread = new Thread(this::work, "baton-health");
    thread.setDaemon(true);
    thread.start();
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE; // as good as none
    }
  }

  /** The supervisor asks for a sign of life. Never waits. */
  synchronized void ping(long seq) {
    open = seq;
    if (check != null) {
      due = true;
      notifyAll();
      if (running && System.nanoTime() - since > most) {
        unwell("the health check has not returned within " + text(most));
      }
    }
    answer();
  }

  /** Who asked is gone: the next supervisor has not. */
  synchronized void left() {
    open = NONE;
  }

  private void answer() {
    if (unwell.isEmpty() && open != NONE) {
      outbox.sendNewest(new Pong(open, tally.soFar(), jvm.now()));
      open = NONE;
    }
  }

  /** Told once, until all is well again. */
  private void unwell(String why) {
    if (unwell.isEmpty()) {
      tell("unwell, so heartbeats are not answered: " + why);
    }
    unwell = why;
  }

  /** To the supervisor alone: an output stream may be what the plugin is stuck with. */
  private void tell(String what) {
    String text = what.length() > MOST_TEXT ? what.substring(0, MOST_TEXT) : what;
    outbox.send(new Warning(text));
  }

  private void work() {
    try {
      while (true) {
        HealthCheck next = await();
        String why = "";
        try {
          next.check();
        } catch (Throwable e) { // whatever it is, the plugin is not well
          why = Failures.text(e);
        }
        Thread.interrupted(); // the check's, and over with it
        over(why);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does this
    }
  }

  private synchronized HealthCheck await() throws InterruptedException {
    if (!unwell.isEmpty()) {
      wait(CHECK_AGAIN_MILLIS);
    } else {
      while (!due) {
        wait();
      }
    }
    due = false;
    running = true;
    since = System.nanoTime();
    return check;
  }

  private synchronized void over(String why) {
    running = false;
    long took = System.nanoTime() - since;
    if (!why.isEmpty()) {
      unwell(why);
    } else if (took > most) {
      unwell("the health check took " + text(took) + "; allowed: " + text(most));
    } else if (!unwell.isEmpty()) {
      unwell = "";
      tell("well again, so heartbeats are answered");
    }
    answer();
  }

  private static String text(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
  }
}
