package dev.baton.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes clients of the greeting plugin, at a rate or so many at once, on one thread with one
 * selector, and counts what becomes of them. The methods may be called from any thread.
 */
public final class GreetingLoad implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final long LATE_NANOS = 1_000_000_000L;
  private static final long REST_NANOS = 2_000_000L;

  private final GreetingPlan plan;
  private final Selector selector;
  private final GreetingTally tally;
  private final Consumer<GreetingReport.Failure> watcher;
  private final Thread thread;
  private final long start = System.nanoTime();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final Set<GreetingClient> open = new HashSet<>();
  private final ArrayDeque<GreetingClient> byAge = new ArrayDeque<>();
  private long begun;
  private long notBefore = start;
  private volatile boolean stopping;
  private volatile boolean aborted;
  private volatile long end;
  private volatile Throwable crash;

  /** Begins at once. */
  public GreetingLoad(GreetingPlan plan) {
    this(plan, failure -> {});
  }

  /**
   * Begins at once.
   *
   * @param watcher told of every client that went wrong, on the generator's thread
   */
  public GreetingLoad(GreetingPlan plan, Consumer<GreetingReport.Failure> watcher) {
    this.plan = plan;
    this.watcher = watcher;
    tally = new GreetingTally(start);
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector", e);
    }
    thread = new Thread(this::run, "greeting-load");
    thread.setDaemon(true);
    thread.start();
  }

  /** What has been counted so far; clients on their way are in no class yet. */
  public GreetingReport snapshot() {
    return tally.report(stopping ? end : System.nanoTime());
  }

  /** Waits until all clients of a plan with a total number have ended, and stops. */
  public GreetingReport await(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (snapshot().clients() < plan.total()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not all clients ended within " + atMost + ": " + snapshot());
      }
      Thread.sleep(5);
    }
    return stop();
  }

  /** Makes no more clients, waits for those on their way, and closes everything. */
  public GreetingReport stop() {
    finish(plan.timeout().plus(GRACE));
    if (crash != null) {
      throw new IllegalStateException("the load generator failed", crash);
    }
    return snapshot();
  }

  /** Ends at once; clients on their way are dropped uncounted. Harmless after {@link #stop}. */
  @Override
  public void close() {
    aborted = true;
    finish(GRACE);
  }

  private synchronized void finish(Duration atMost) {
    if (!stopping) {
      end = System.nanoTime();
      stopping = true;
    }
    selector.wakeup();
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, atMost.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (thread.isAlive()) {
      throw new IllegalStateException("the load generator did not end within " + atMost);
    }
  }

  private void run() {
    try (selector) {
      try {
        while (!aborted && !(stopping && open.isEmpty())) {
          long now = System.nanoTime();
          expire(now);
          if (!stopping) {
            begin(now);
          }
          long millis = Math.max(1, (nextWake(now) - System.nanoTime() + 999_999) / 1_000_000);
          selector.select(key -> ((GreetingClient) key.attachment()).ready(buffer), millis);
        }
      } finally {
        open.forEach(GreetingClient::close);
      }
    } catch (Throwable e) {
      crash = e;
    }
  }

  private long due(long number) {
    return start + (long) (number * 1e9 / plan.rate());
  }

  private long nextWake(long now) {
    long wake = now + 100_000_000L;
    if (plan.rate() > 0 && !allBegun()) {
      wake = Math.min(wake, due(begun));
    }
    if (notBefore > now) {
      wake = Math.min(Math.max(wake, notBefore), now + 100_000_000L);
    }
    return wake;
  }

  private boolean allBegun() {
    return plan.total() > 0 && begun >= plan.total();
  }

  private void begin(long now) {
    while (!allBegun() && now >= notBefore && (plan.rate() == 0 || due(begun) <= now)) {
      long due = plan.rate() == 0 ? now : due(begun);
      if (now - due > LATE_NANOS) {
        begun++;
        tally.failed(GreetingOutcome.LATE, (now - due) / 1_000_000 + " ms behind the schedule");
      } else if (open.size() >= plan.connections() || !connect(due)) {
        return;
      }
    }
  }

  private boolean connect(long due) {
    var sources = plan.sources();
    var source = sources.isEmpty() ? null : sources.get((int) (begun % sources.size()));
    GreetingClient client;
    try {
      client = new GreetingClient(this::ended, plan.target(), plan.patient(), source, due);
    } catch (IOException e) {
      begun++;
      rest();
      tally.failed(GreetingOutcome.LATE, "could not open a socket: " + e);
      return false;
    }
    open.add(client);
    if (!client.connect(plan.target(), selector)) {
      open.remove(client);
      rest();
      return false;
    }
    begun++;
    byAge.add(client);
    return true;
  }

  private void rest() {
    notBefore = System.nanoTime() + REST_NANOS;
  }

  private void ended(GreetingClient client, GreetingOutcome outcome, String text) {
    open.remove(client);
    if (outcome == GreetingOutcome.SERVED) {
      tally.served(client);
    } else {
      tally.failed(outcome, text);
      var at = Duration.ofNanos(System.nanoTime() - start);
      watcher.accept(new GreetingReport.Failure(at, outcome, text));
      if (plan.rate() == 0) {
        rest(); // a server that is away would be asked as fast as one CPU can
      }
    }
  }

  private void expire(long now) {
    while (!byAge.isEmpty()
        && (byAge.peek().isDone() || now - byAge.peek().due >= plan.timeout().toNanos())) {
      byAge.poll().expire();
    }
  }
}
