package dev.baton.fd;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A call that waits in the kernel, on a thread of its own. */
final class Waiting<T> {
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final Thread thread;

  /** Starts it. */
  Waiting(Callable<T> call) {
    thread =
        new Thread(
            () -> {
              try {
                result.complete(call.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "waiting");
    thread.start();
  }

  /** Returns when it waits: a thread in the kernel is runnable for the JVM, but its stack tells. */
  Waiting<T> begun() {
    long deadline = System.nanoTime() + SECONDS.toNanos(10);
    while (List.of(thread.getStackTrace()).stream()
        .noneMatch(f -> f.getMethodName().equals("poll") && f.isNativeMethod())) {
      assertTrue(!result.isDone(), () -> "it did not wait: " + result);
      assertTrue(System.nanoTime() < deadline, "it does not come to wait");
      Thread.onSpinWait();
    }
    return this;
  }

  /** Whether it has ended. */
  boolean isDone() {
    return result.isDone();
  }

  /** Interrupts it. */
  void interrupt() {
    thread.interrupt();
  }

  /** What it returned. */
  T get() throws Exception {
    return result.get(10, SECONDS);
  }

  /** It has ended with just that. */
  void threw(Class<? extends Exception> expected) {
    ExecutionException e = assertThrows(ExecutionException.class, this::get);
    assertInstanceOf(expected, e.getCause());
    assertEquals(expected, e.getCause().getClass());
  }
}
