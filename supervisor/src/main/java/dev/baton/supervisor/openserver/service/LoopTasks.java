package dev.baton.supervisor.openserver.service;

import dev.baton.supervisor.loop.Loop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * Runs tasks on a loop, and those that come too late for it on the caller's thread: none is lost,
 * since a task may carry a descriptor.
 */
final class LoopTasks implements Executor {
  private final Loop loop;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  LoopTasks(Loop loop) {
    this.loop = loop;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (!ended) {
      wake();
    }
    // It may have ended since: then nobody else looks again.
    if (ended) {
      runAll();
    }
  }

  private void wake() {
    try {
      loop.execute(this::runNext);
    } catch (IllegalStateException e) {
      if (!ended) {
        loop.execute(this::runNext); // a second try, before the loop is given up
      }
    }
  }

  /** The loop has had its last turn. */
  void end() {
    ended = true;
    runAll();
  }

  private void runNext() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  private synchronized void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }
}
