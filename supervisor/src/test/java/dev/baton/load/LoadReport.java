package dev.baton.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link LoadGenerator} has counted, over all its plans and for each. Immutable. */
public final class LoadReport {
  private static final int EXAMPLES = 20;

  /**
   * One example of what went wrong.
   *
   * @param at the time since the start
   * @param outcome the class it was counted in
   * @param text what the client saw, such as the exception
   */
  public record Failure(Duration at, Outcome outcome, String text) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "+%.3f s %s: %s", at.toNanos() / 1e9, outcome, text);
    }
  }

  private final String name;
  private final Duration duration;
  private final double plannedRate;
  private final Duration maxLag;
  private final Map<Outcome, Long> counts;
  private final long closedUnderRequest;
  private final Map<String, Long> keys;
  private final Histogram latencies;
  private final List<Failure> failures;
  private final List<LoadReport> parts;

  LoadReport(
      String name,
      Duration duration,
      double plannedRate,
      Duration maxLag,
      Map<Outcome, Long> counts,
      long closedUnderRequest,
      Map<String, Long> keys,
      Histogram latencies,
      List<Failure> failures,
      List<LoadReport> parts) {
    this.name = name;
    this.duration = duration;
    this.plannedRate = plannedRate;
    this.maxLag = maxLag;
    this.counts = counts;
    this.closedUnderRequest = closedUnderRequest;
    this.keys = Collections.unmodifiableMap(keys);
    this.latencies = latencies;
    this.failures = failures;
    this.parts = parts;
  }

  /** Adds up the reports of plans that ran at the same time. */
  static LoadReport sum(List<LoadReport> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    var duration = Duration.ZERO;
    var lag = Duration.ZERO;
    var counts = new EnumMap<Outcome, Long>(Outcome.class);
    var keys = new TreeMap<String, Long>();
    var latencies = new Histogram();
    var failures = new ArrayList<Failure>();
    double rate = 0;
    long underRequest = 0;
    for (var part : parts) {
      duration = part.duration.compareTo(duration) > 0 ? part.duration : duration;
      lag = part.maxLag.compareTo(lag) > 0 ? part.maxLag : lag;
      part.counts.forEach((outcome, n) -> counts.merge(outcome, n, Long::sum));
      part.keys.forEach((key, n) -> keys.merge(key, n, Long::sum));
      latencies.addAll(part.latencies);
      failures.addAll(part.failures);
      rate += part.plannedRate;
      underRequest += part.closedUnderRequest;
    }
    failures.sort(Comparator.comparing(Failure::at));
    var first = List.copyOf(failures.subList(0, Math.min(EXAMPLES, failures.size())));
    return new LoadReport(
        "all", duration, rate, lag, counts, underRequest, keys, latencies, first, parts);
  }

  /** The plan's name, or "all". */
  public String name() {
    return name;
  }

  /** The count of one class. */
  public long count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  /** All requests that were due, however they ended. */
  public long requests() {
    return List.of(Outcome.values()).stream()
        .filter(Outcome::ofRequest)
        .mapToLong(this::count)
        .sum();
  }

  /**
   * How often a client saw something that it should not have seen: every request but OK and LATE
   * ones, and every unannounced close that hit no request. LATE is left out because nothing was
   * sent; check {@link #count} or {@link #achievedRate} for it.
   */
  public long lost() {
    long failed = requests() - count(Outcome.OK) - count(Outcome.LATE);
    return failed + count(Outcome.CLOSED_IDLE) - closedUnderRequest;
  }

  /** How many OK responses gave each key of the plans' observers. */
  public Map<String, Long> keys() {
    return keys;
  }

  /**
   * The time, in microseconds, that this part of the OK requests took at most, from the moment the
   * generator took them up, waiting for a free connection included. At most 1.6 % too high.
   *
   * @param part from 0 to 1, for instance 0.99
   */
  public long percentileMicros(double part) {
    return latencies.percentile(part);
  }

  /** The median time in microseconds. */
  public long p50Micros() {
    return percentileMicros(0.50);
  }

  /** The 90th percentile in microseconds. */
  public long p90Micros() {
    return percentileMicros(0.90);
  }

  /** The 99th percentile in microseconds. */
  public long p99Micros() {
    return percentileMicros(0.99);
  }

  /** The longest time of an OK request in microseconds, exactly. */
  public long maxMicros() {
    return latencies.max();
  }

  /** The time from the start to the stop, or to the snapshot. */
  public Duration duration() {
    return duration;
  }

  /** The sum of the plans' rates; 0 if they had none. */
  public double plannedRate() {
    return plannedRate;
  }

  /** Requests a second that really went out and ended, well or not. */
  public double achievedRate() {
    return (requests() - count(Outcome.LATE)) * 1e9 / Math.max(1, duration.toNanos());
  }

  /** By how much the generator was behind its schedule at worst. */
  public Duration maxLag() {
    return maxLag;
  }

  /** The first 20 things that went wrong. */
  public List<Failure> failures() {
    return failures;
  }

  /** The report of each plan, if there were several. */
  public List<LoadReport> parts() {
    return parts;
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    line(text);
    parts.forEach(part -> part.line(text.append("  ")));
    if (!keys.isEmpty()) {
      text.append("  answered by: ").append(keys).append('\n');
    }
    failures.forEach(failure -> text.append("  ").append(failure).append('\n'));
    return text.toString();
  }

  private void line(StringBuilder text) {
    text.append(name).append(": ").append(lost()).append(" lost;");
    for (var outcome : Outcome.values()) {
      if (outcome == Outcome.OK || count(outcome) > 0) {
        var word = outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        text.append(' ').append(word).append(' ').append(count(outcome)).append(',');
      }
    }
    text.setCharAt(text.length() - 1, ';');
    text.append(
        String.format(
            Locale.ROOT,
            " %.1f/s in %.2f s%s; p50 %d, p90 %d, p99 %d, max %d us; lag %d ms%n",
            achievedRate(),
            duration.toNanos() / 1e9,
            plannedRate == 0 ? "" : String.format(Locale.ROOT, " (planned %.1f/s)", plannedRate),
            p50Micros(),
            p90Micros(),
            p99Micros(),
            maxMicros(),
            maxLag.toMillis()));
  }
}
