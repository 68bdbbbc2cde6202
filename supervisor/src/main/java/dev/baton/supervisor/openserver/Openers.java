package dev.baton.supervisor.openserver;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that may block in the kernel: a few, and more for a while when all of these are stuck
 * on a file server that does not answer.
 */
final class Openers {
  /** Threads there are always. */
  static final int THREADS = 4;

  /** Of these, how many one requester may have at once. */
  private static final int PER_LANE = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Openers.class);
  private static final int MOST = 64;
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private final FairQueue queue = new FairQueue(PER_LANE);
  private final Supplier<PathOpener> tools;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();

  /**
   * @param tools makes what each thread needs
   */
  Openers(Supplier<PathOpener> tools) {
    this.tools = tools;
    for (int i = 0; i < THREADS; i++) {
      start(() -> work(null));
    }
    start(this::watch);
  }

  private void start(Runnable what) {
    Thread thread =
        new Thread(
            () -> {
              try {
                what.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            },
            "baton-open-" + names.incrementAndGet());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Queues a task; false when the server has ended. */
  boolean add(FairQueue.Task task) {
    return queue.add(task);
  }

  /** Forgets the tasks of a requester that have not begun. */
  void clear(FairQueue.Lane lane) {
    queue.clear(lane);
  }

  private void work(Duration patience) {
    PathOpener opener = tools.get();
    try {
      FairQueue.Task task = queue.next(null, patience);
      while (task != null) {
        try {
          task.run(opener);
        } catch (RuntimeException | AssertionError e) {
          LOG.error("a request to the open server failed; this is a defect of Baton", e);
        }
        task = queue.next(task, patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    try {
      boolean told = false;
      while (queue.awaitStall()) {
        if (!told) {
          told = true;
          LOG.warn("all threads of the open server wait for a file system; it starts more");
        }
        if (threads.size() < MOST) {
          start(() -> work(IDLE));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the threads, and returns what has not begun. One that is stuck is left behind. */
  List<FairQueue.Task> end() {
    List<FairQueue.Task> left = queue.close();
    long deadline = System.nanoTime() + GOODBYE.toNanos();
    try {
      for (Thread thread : threads) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        thread.join(Math.max(1, millis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return left;
  }
}
