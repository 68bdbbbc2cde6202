package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Drained;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One drain and the requests that wait for its end. */
final class DrainImpl implements Drain {
  private final Outbox outbox;
  private final Runnable whenDone;
  private final List<Long> requests = new ArrayList<>();
  private long deadline;
  private boolean done;

  /**
   * @param deadline by {@link System#nanoTime}
   * @param whenDone called once, by the thread that says so
   */
  DrainImpl(Outbox outbox, long deadline, Runnable whenDone) {
    this.outbox = outbox;
    this.deadline = deadline;
    this.whenDone = whenDone;
  }

  /** The supervisor waits for an answer to this request, now or when it is done. */
  synchronized void answer(long request) {
    if (done) {
      outbox.send(new Drained(request));
    } else {
      requests.add(request);
    }
  }

  synchronized void shorten(long newDeadline) {
    if (newDeadline - deadline < 0) {
      deadline = newDeadline;
    }
  }

  synchronized long deadline() {
    return deadline;
  }

  synchronized boolean isDone() {
    return done;
  }

  @Override
  public synchronized Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  @Override
  public void done() {
    synchronized (this) {
      if (done) {
        return;
      }
      done = true;
      requests.forEach(id -> outbox.send(new Drained(id)));
    }
    whenDone.run();
  }
}
