package dev.baton.load;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a {@link GreetingLoad} has counted. Immutable.
 *
 * @param counts how many clients ended in each class
 * @param workers how many clients each worker has served
 * @param bySource which workers served the clients of each address that the plan names
 * @param p50Micros the median time from the moment a client was due to its whole answer
 * @param p99Micros the 99th percentile of it
 * @param maxMicros the longest
 * @param failures the first that went wrong
 * @param duration from the start to the stop, or to now
 */
public record GreetingReport(
    Map<GreetingOutcome, Long> counts,
    Map<String, Long> workers,
    Map<InetAddress, Set<String>> bySource,
    long p50Micros,
    long p99Micros,
    long maxMicros,
    List<Failure> failures,
    Duration duration) {

  /**
   * One client that went wrong.
   *
   * @param at the time since the start
   * @param outcome the class it was counted in
   * @param text what it saw
   */
  public record Failure(Duration at, GreetingOutcome outcome, String text) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "+%.3f s %s: %s", at.toNanos() / 1e9, outcome, text);
    }
  }

  /** The count of one class. */
  public long count(GreetingOutcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  /** All clients, however they ended. */
  public long clients() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** All that were neither served nor left out by the generator itself. */
  public long lost() {
    return clients() - count(GreetingOutcome.SERVED) - count(GreetingOutcome.LATE);
  }

  /** Clients a second that ended, well or not. */
  public double achievedRate() {
    return clients() * 1e9 / Math.max(1, duration.toNanos());
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d lost of %d in %.2f s: %s; p50 %d, p99 %d, max %d us%n  served by %s%n",
            lost(),
            clients(),
            duration.toNanos() / 1e9,
            counts,
            p50Micros,
            p99Micros,
            maxMicros,
            workers));
    failures.forEach(failure -> text.append("  ").append(failure).append('\n'));
    return text.toString();
  }
}
