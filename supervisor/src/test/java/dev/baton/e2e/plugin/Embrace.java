package dev.baton.e2e.plugin;

import java.util.concurrent.CountDownLatch;

/** Two threads that wait for each other for ever, and a check that notices. */
final class Embrace {
  private static final Object LEFT = new Object();
  private static final Object RIGHT = new Object();

  private Embrace() {}

  /** Returns once both have what the other one wants. */
  static void begin() throws InterruptedException {
    var both = new CountDownLatch(2);
    start("embrace-left", both, LEFT, RIGHT);
    start("embrace-right", both, RIGHT, LEFT);
    both.await();
  }

  private static void start(String name, CountDownLatch both, Object first, Object second) {
    var thread =
        new Thread(
            () -> {
              synchronized (first) {
                both.countDown();
                awaitQuietly(both);
                synchronized (second) {
                  throw new IllegalStateException("never comes here");
                }
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Needs what the two have, as the plugin's work would. */
  static void check() {
    synchronized (LEFT) {
      // had it
    }
  }
}
