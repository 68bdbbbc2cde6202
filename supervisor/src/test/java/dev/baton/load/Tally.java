package dev.baton.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one plan has counted so far: written by the generator's thread, read by any. */
final class Tally {
  private static final int EXAMPLES = 20;

  private final LoadPlan plan;
  private final long start;
  private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
  private final Map<String, Long> keys = new TreeMap<>();
  private final Histogram latencies = new Histogram();
  private final List<LoadReport.Failure> failures = new ArrayList<>();
  private long closedUnderRequest;
  private long maxLag;

  Tally(LoadPlan plan, long start) {
    this.plan = plan;
    this.start = start;
  }

  synchronized void ok(long nanos, String key) {
    counts.merge(Outcome.OK, 1L, Long::sum);
    latencies.add(nanos / 1000);
    if (key != null) {
      keys.merge(key, 1L, Long::sum);
    }
  }

  synchronized void failed(Outcome outcome, long now, String text) {
    counts.merge(outcome, 1L, Long::sum);
    if (failures.size() < EXAMPLES) {
      failures.add(new LoadReport.Failure(Duration.ofNanos(now - start), outcome, text));
    }
  }

  synchronized void closedIdle(long now, boolean underRequest, String text) {
    failed(Outcome.CLOSED_IDLE, now, text);
    if (underRequest) {
      closedUnderRequest++;
    }
  }

  synchronized void announced() {
    counts.merge(Outcome.ANNOUNCED, 1L, Long::sum);
  }

  synchronized void lag(long nanos) {
    maxLag = Math.max(maxLag, nanos);
  }

  synchronized LoadReport report(long end) {
    return new LoadReport(
        plan.name(),
        Duration.ofNanos(end - start),
        plan.rate(),
        Duration.ofNanos(maxLag),
        Map.copyOf(counts),
        closedUnderRequest,
        new TreeMap<>(keys),
        latencies.copy(),
        List.copyOf(failures),
        List.of());
  }
}
