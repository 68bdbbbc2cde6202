package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Drained;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One drain and the requests that wait for its end: the plugin has said so, and the connections
 * that the SDK knows of are closed.
 */
final class DrainImpl implements Drain {
  private final Outbox outbox;
  private final Reports reports;
  private final Runnable whenDone;
  private final List<Long> requests = new ArrayList<>();
  private long deadline;
  private boolean said;
  private boolean done;

  /**
   * @param reports knows the connections whose end is waited for
   * @param deadline by {@link System#nanoTime}
   * @param whenDone called once, by the thread that brings the end about
   */
  DrainImpl(Outbox outbox, Reports reports, long deadline, Runnable whenDone) {
    this.outbox = outbox;
    this.reports = reports;
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
      if (said) {
        return;
      }
      said = true;
    }
    reports.whenNoneOpen(this::finish);
  }

  private void finish() {
    reports.flush();
    synchronized (this) {
      done = true;
      requests.forEach(id -> outbox.send(new Drained(id)));
    }
    whenDone.run();
  }
}
