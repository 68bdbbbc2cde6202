package dev.baton.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends the requests of one or several plans and counts what becomes of them.
 *
 * <p>One thread drives all connections through one selector, so that the generator takes little
 * from the server that it shares the machine with. For more than one CPU of load, run several.
 *
 * <pre>{@code
 * try (var load = new LoadGenerator()) {
 *   load.start(LoadPlan.keepAlive(target, 50).rate(250), LoadPlan.newConnections(target).rate(250));
 *   ...
 *   LoadReport report = load.stop();
 *   assertEquals(0, report.lost(), report::toString);
 * }
 * }</pre>
 *
 * <p>The methods may be called from any thread; {@link #stop} keeps the others waiting while it
 * waits.
 */
public final class LoadGenerator implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private Selector selector;
  private List<PlanRun> runs = List.of();
  private Thread thread;
  private volatile boolean stopping;
  private volatile boolean aborted;
  private volatile long end;
  private volatile Throwable crash;

  /**
   * Begins to send; returns at once.
   *
   * @throws IllegalStateException if it was started before
   * @throws UncheckedIOException if there is no selector to be had
   */
  public synchronized void start(LoadPlan... plans) {
    if (thread != null || aborted) {
      throw new IllegalStateException("a generator can be started once");
    }
    if (plans.length == 0) {
      throw new IllegalArgumentException("no plan to run");
    }
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector", e);
    }
    long now = System.nanoTime();
    runs = Arrays.stream(plans).map(plan -> new PlanRun(plan, selector, now)).toList();
    thread = new Thread(this::run, "load-generator");
    thread.setDaemon(true);
    thread.start();
  }

  /** What has been counted so far; requests on their way are in no class yet. */
  public synchronized LoadReport snapshot() {
    if (thread == null) {
      throw new IllegalStateException("the generator was not started");
    }
    long until = stopping ? end : System.nanoTime();
    return LoadReport.sum(runs.stream().map(run -> run.tally.report(until)).toList());
  }

  /**
   * Sends no more, waits for the requests on their way (each until its own deadline at most), and
   * closes all connections. Calling it again gives the same report.
   *
   * @throws IllegalStateException if the generator itself has failed
   */
  public synchronized LoadReport stop() {
    if (thread == null) {
      throw new IllegalStateException("the generator was not started");
    }
    if (!stopping) {
      end = System.nanoTime();
      stopping = true;
      selector.wakeup();
      var longest = GRACE;
      for (var run : runs) {
        var needed = run.plan.timeout().plus(GRACE);
        longest = needed.compareTo(longest) > 0 ? needed : longest;
      }
      join(longest);
    }
    if (crash != null) {
      throw new IllegalStateException("the load generator failed", crash);
    }
    return snapshot();
  }

  /** Ends at once; requests on their way are dropped uncounted. Harmless after {@link #stop}. */
  @Override
  public synchronized void close() {
    aborted = true;
    if (thread != null) {
      if (!stopping) {
        end = System.nanoTime();
        stopping = true;
      }
      selector.wakeup();
      join(GRACE);
    }
  }

  private void join(Duration atMost) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, atMost.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive() && !Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("the load generator did not end within " + atMost);
    }
  }

  private void run() {
    try (var owned = selector) {
      try {
        loop(owned);
      } finally {
        runs.forEach(PlanRun::closeAll);
      }
    } catch (Throwable e) {
      crash = e;
    }
  }

  private void loop(Selector selector) throws IOException {
    while (true) {
      if (stopping) {
        runs.forEach(PlanRun::stopIssuing);
      }
      long now = System.nanoTime();
      long wake = Long.MAX_VALUE;
      boolean busy = !stopping;
      for (var run : runs) {
        run.tick(now);
        wake = Math.min(wake, run.nextWake(now));
        busy |= run.busy();
      }
      if (aborted) {
        return;
      }
      if (!busy) {
        // Once more, for closes of idle connections that came after the last answer.
        selector.selectNow(key -> ((Link) key.attachment()).ready(buffer));
        return;
      }
      select(selector, wake - System.nanoTime());
    }
  }

  private void select(Selector selector, long nanos) throws IOException {
    if (nanos <= 0) {
      selector.selectNow(key -> ((Link) key.attachment()).ready(buffer));
    } else {
      long millis = (nanos + 999_999) / 1_000_000;
      selector.select(key -> ((Link) key.attachment()).ready(buffer), millis);
    }
  }
}
