package dev.baton.worker;

import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that calls the plugin: the process's main thread. It does what others post, one
 * after the other, until something says with what code to exit.
 */
final class PluginThread {
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private Task due;
  private long dueAt;

  /** Something to do on the plugin thread. */
  @FunctionalInterface
  interface Task {
    /** An exit code ends the thread; empty goes on. */
    OptionalInt run();
  }

  /** Adds a task, from any thread. */
  void post(Task task) {
    tasks.add(task);
  }

  /** Whether there is nothing to do, from any thread. */
  boolean idle() {
    return tasks.isEmpty();
  }

  /**
   * Sets the one task that is done at a time, unless the thread has ended. On the thread itself.
   */
  void at(long nanoTime, Task task) {
    due = task;
    dueAt = nanoTime;
  }

  /** Works until a task gives an exit code. */
  int run() {
    for (; ; ) {
      try {
        OptionalInt exit = next().run();
        if (exit.isPresent()) {
          return exit.getAsInt();
        }
      } catch (InterruptedException e) {
        // The plugin interrupted its own thread; nobody else asks this one to end that way.
      }
    }
  }

  private Task next() throws InterruptedException {
    if (due == null) {
      return tasks.take();
    }
    Task task = tasks.poll(Math.max(0, dueAt - System.nanoTime()), TimeUnit.NANOSECONDS);
    if (task == null) {
      task = due;
      due = null;
    }
    return task;
  }
}
