package dev.baton.e2e.plugin;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes numbered lines, in turn to both outputs, until it drains; then the last number. */
public final class TalkingWorker implements Worker {
  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(300);

  private volatile boolean draining;

  @Override
  public void start(WorkerContext context) {
    new Thread(this::talk, "talking").start();
    context.ready();
  }

  private void talk() {
    long number = 0;
    while (!draining) {
      String line = "line " + ++number + " " + "x".repeat((int) (number % 60)) + " ends\n";
      if (number % 2 == 0) {
        System.out.print(line);
        System.out.flush();
      } else {
        System.err.print(line);
        System.err.flush();
      }
      LockSupport.parkNanos(PAUSE);
    }
    System.out.print("last " + number + "\n");
    System.out.flush();
  }

  @Override
  public void drain(Drain drain) {
    draining = true;
    drain.done();
  }
}
