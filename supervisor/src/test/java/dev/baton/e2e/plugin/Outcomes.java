package dev.baton.e2e.plugin;

import dev.baton.worker.OpenRefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What became of many requests, not too many at once. Requests are added by one thread. */
final class Outcomes {
  private final int atOnce;
  private final Semaphore free;
  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

  /** What is in something open, before it is closed. */
  interface Look {
    /** In one word. */
    String at(Closeable opened) throws IOException;
  }

  Outcomes(int atOnce) {
    this.atOnce = atOnce;
    free = new Semaphore(atOnce);
  }

  /** Counts one when it is there, and closes it; waits while too many are not. */
  void add(CompletableFuture<? extends Closeable> future, Look look) throws InterruptedException {
    free.acquire();
    future.whenComplete(
        (opened, failure) -> {
          counts.computeIfAbsent(name(opened, failure, look), n -> new LongAdder()).increment();
          free.release();
        });
  }

  private static String name(Closeable opened, Throwable failure, Look look) {
    if (failure instanceof CancellationException) {
      return "abandoned";
    }
    if (failure != null) {
      return refusal(failure).split(" ")[0];
    }
    try (opened) {
      return look.at(opened);
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }

  /** Waits for the last of them; {@code NAME=COUNT} for each that there was. */
  String text() throws InterruptedException {
    free.acquire(atOnce);
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  /** The name of its code and its text. */
  static String refusal(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof OpenRefusedException refused
        ? refused.code() + " " + refused.getMessage()
        : "failed " + cause;
  }
}
