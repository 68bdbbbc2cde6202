package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Work;
import java.util.concurrent.atomic.LongAdder;

/** What this worker has done so far. Thread-safe. */
final class Tally implements Counters {
  private final LongAdder connections = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder requestNanos = new LongAdder();

  /** A connection was accepted by this worker, or taken over from the supervisor. */
  void connection() {
    connections.increment();
  }

  @Override
  public void request(long nanos, boolean ok) {
    if (!ok) {
      failed.increment(); // first, so that there are never more of them than of all
    }
    requestNanos.add(Math.max(0, nanos));
    requests.increment();
  }

  /** The figures now; each is as new as it can be, and they may differ by a request or two. */
  Work soFar() {
    long all = requests.sum();
    return new Work(connections.sum(), all, Math.min(all, failed.sum()), requestNanos.sum());
  }
}
