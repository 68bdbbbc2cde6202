package dev.baton.benchmarks.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Opens something again and again for a while, closes what it gets, and counts. */
final class Opens {
  /**
   * What was done.
   *
   * @param opens each with its close
   * @param nanos from the first request to the last close
   */
  record Counted(long opens, long nanos) {
    @Override
    public String toString() {
      return "counted " + opens + " " + nanos;
    }
  }

  private final Supplier<? extends CompletableFuture<? extends Closeable>> open;
  private final Semaphore free;
  private final AtomicLong opens = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private Opens(Supplier<? extends CompletableFuture<? extends Closeable>> open, Semaphore free) {
    this.open = open;
    this.free = free;
  }

  /** Opens a file for reading by this thread itself. */
  static Counted direct(Path file, long nanos) throws IOException {
    long begin = System.nanoTime();
    long opens = 0;
    while (System.nanoTime() - begin < nanos) {
      FileChannel.open(file, StandardOpenOption.READ).close();
      opens++;
    }
    return new Counted(opens, System.nanoTime() - begin);
  }

  /**
   * Asks for it.
   *
   * @param inFlight requests at once; with 1 this thread waits for each answer, as a plugin does
   *     that needs the file now
   * @throws IOException when one is not answered with something open
   */
  static Counted asked(
      Supplier<? extends CompletableFuture<? extends Closeable>> open, int inFlight, long nanos)
      throws IOException, InterruptedException {
    Opens opens = new Opens(open, new Semaphore(inFlight));
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < nanos && opens.failure.get() == null) {
      opens.one();
    }
    opens.free.acquire(inFlight);
    if (opens.failure.get() != null) {
      throw new IOException(opens.failure.get());
    }
    return new Counted(opens.opens.get(), System.nanoTime() - begin);
  }

  private void one() throws InterruptedException {
    free.acquire();
    open.get().whenComplete(this::answered);
  }

  private void answered(Closeable opened, Throwable refused) {
    try {
      if (refused == null) {
        opened.close();
        opens.incrementAndGet();
      } else {
        failure.compareAndSet(null, refused);
      }
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    } finally {
      free.release();
    }
  }
}
