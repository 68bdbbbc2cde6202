package dev.baton.e2e.kit;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

/** Waits for what a test expects, by asking again, with a message for when it does not come. */
public final class Deadline {
  private static final long PAUSE_MILLIS = 10;

  /** What is waited for. */
  @FunctionalInterface
  public interface Condition {
    /** Whether it holds now; an exception ends the wait. */
    boolean holds() throws IOException;
  }

  private Deadline() {}

  /** Whether the condition has come to hold by the deadline; at once if it holds already. */
  public static boolean met(Duration atMost, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return true;
  }

  /** Waits until the condition holds, or fails with what was expected and what there is instead. */
  public static void await(
      Duration atMost, String expected, Condition condition, Supplier<String> instead)
      throws IOException, InterruptedException {
    if (!met(atMost, condition)) {
      throw new AssertionError(
          "not within " + atMost.toMillis() + " ms: " + expected + "\n" + instead.get());
    }
  }
}
