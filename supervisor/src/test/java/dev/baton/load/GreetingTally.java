package dev.baton.load;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What has been counted so far: written by the generator's thread, read by any. */
final class GreetingTally {
  private static final int EXAMPLES = 20;

  private final long start;
  private final Map<GreetingOutcome, Long> counts = new EnumMap<>(GreetingOutcome.class);
  private final Map<String, Long> workers = new TreeMap<>();
  private final Map<InetAddress, Set<String>> bySource = new HashMap<>();
  private final Histogram latencies = new Histogram();
  private final List<GreetingReport.Failure> failures = new ArrayList<>();

  GreetingTally(long start) {
    this.start = start;
  }

  synchronized void served(GreetingClient client) {
    counts.merge(GreetingOutcome.SERVED, 1L, Long::sum);
    workers.merge(client.worker, 1L, Long::sum);
    latencies.add((client.answered - client.due) / 1000);
    if (client.source != null) {
      bySource.computeIfAbsent(client.source, s -> new TreeSet<>()).add(client.worker);
    }
  }

  synchronized void failed(GreetingOutcome outcome, String text) {
    counts.merge(outcome, 1L, Long::sum);
    if (failures.size() < EXAMPLES) {
      var at = Duration.ofNanos(System.nanoTime() - start);
      failures.add(new GreetingReport.Failure(at, outcome, text));
    }
  }

  synchronized GreetingReport report(long end) {
    var sources = new HashMap<InetAddress, Set<String>>();
    bySource.forEach((source, served) -> sources.put(source, Set.copyOf(served)));
    return new GreetingReport(
        Map.copyOf(counts),
        Map.copyOf(workers),
        Map.copyOf(sources),
        latencies.percentile(0.5),
        latencies.percentile(0.99),
        latencies.max(),
        List.copyOf(failures),
        Duration.ofNanos(end - start));
  }
}
