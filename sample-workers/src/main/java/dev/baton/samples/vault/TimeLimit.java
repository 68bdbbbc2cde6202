package dev.baton.samples.vault;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes what takes too long: that wakes a thread that reads or writes a channel, TCP or UNIX,
 * where the latter has no timeout. Thread-safe.
 */
final class TimeLimit {
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "time-limit");
            thread.setDaemon(true);
            return thread;
          });

  TimeLimit() {
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Something that takes time. */
  interface Step<T> {
    T run() throws IOException;
  }

  /** Runs a step, in the middle of which a channel is closed when the seconds are over. */
  <T> T within(long seconds, Closeable channel, Step<T> step) throws IOException {
    Future<?> end = timer.schedule(() -> close(channel), seconds, TimeUnit.SECONDS);
    try {
      return step.run();
    } finally {
      end.cancel(false);
    }
  }

  private static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // close(2) frees the descriptor whatever it returns
    }
  }

  void close() {
    timer.shutdownNow();
  }
}
