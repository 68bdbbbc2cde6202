package dev.baton.faults;

import dev.baton.faults.Chronicle.Entry;
import dev.baton.load.GreetingOutcome;
import dev.baton.load.GreetingReport;
import dev.baton.load.GreetingReport.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * What became of every client and every worker of a life, and what of it no fault explains.
 * Thread-safe.
 */
final class Account {
  private static final Set<GreetingOutcome> CUT =
      EnumSet.of(GreetingOutcome.CUT_AFTER_GREETING, GreetingOutcome.CUT_BEFORE_GREETING);
  private static final Pattern GREETED = Pattern.compile("after the greeting of (\\S+)$");

  private static final int EXAMPLES = 20;

  /** A worker's end is in the journal when it was reaped; its clients know before. */
  private static final Duration KNOWN_BEFORE = Duration.ofSeconds(4);

  private static final Duration KNOWN_AFTER = Duration.ofSeconds(2);

  private final Excuses excuses;
  private final Map<String, List<Lost>> lost = new ConcurrentHashMap<>();
  private final Map<String, Integer> rude = new ConcurrentHashMap<>();
  private final Map<String, GreetingReport> reports = new LinkedHashMap<>();
  private final List<String> unexplained = new CopyOnWriteArrayList<>();

  /** A client that went wrong. */
  private record Lost(Instant at, Failure failure) {}

  Account(Excuses excuses) {
    this.excuses = excuses;
  }

  /** A client of the load went wrong, now. */
  void failed(String listener, Failure failure) {
    lost.computeIfAbsent(listener, l -> new CopyOnWriteArrayList<>())
        .add(new Lost(Instant.now(), failure));
  }

  /** Some clients were closed by themselves. */
  void rude(String listener, int count) {
    rude.merge(listener, count, Integer::sum);
  }

  /** The load of a listener is over. */
  void clients(String listener, GreetingReport report) {
    reports.put(listener, report);
  }

  /** How many clients of a listener were connected. */
  long connected(String listener) {
    var report = reports.get(listener);
    return report.clients()
        - report.count(GreetingOutcome.LATE)
        - report.count(GreetingOutcome.REFUSED)
        + rude.getOrDefault(listener, 0);
  }

  /** How many of them were cut. */
  long cut(String listener) {
    return CUT.stream().mapToLong(reports.get(listener)::count).sum();
  }

  /** Something that has no place in an account, unless a fault excuses it. */
  void problem(String subject, String text) {
    if (excuses.of(subject, text, Instant.now()).isEmpty()) {
      unexplained.add(subject + ": " + text);
    }
  }

  /** Looks for a reason for everything that the journal and the clients tell. */
  void settle(Collection<Entry> entries) {
    var spares = new HashMap<String, String>();
    entries.forEach(e -> e.spare().ifPresent(spare -> spares.put(e.subject(), spare)));
    entries.stream()
        .filter(Entry::needsExcuse)
        .filter(e -> isUnexcused(e.subject(), e))
        // What was done to a spare shows when it has a slot.
        .filter(e -> isUnexcused(spares.getOrDefault(e.subject(), e.subject()), e))
        .forEach(e -> unexplained.add("ended without a fault: " + e));
    var ends = entries.stream().filter(Entry::cuts).toList();
    lost.forEach(
        (listener, all) ->
            all.stream()
                .filter(one -> one.failure().outcome() != GreetingOutcome.LATE)
                .filter(one -> !isExplained(listener, one, ends))
                .forEach(one -> unexplained.add(listener + ": " + one.at + " " + one.failure)));
  }

  private boolean isUnexcused(String whom, Entry end) {
    return excuses.of(whom, end.text(), end.time()).isEmpty();
  }

  private static boolean isExplained(String listener, Lost one, List<Entry> ends) {
    if (!CUT.contains(one.failure().outcome())) {
      return false;
    }
    var greeted = GREETED.matcher(one.failure().text());
    if (greeted.find()) {
      return ends.stream().anyMatch(end -> end.subject().equals(greeted.group(1)));
    }
    return ends.stream()
        .filter(end -> end.subject().startsWith(Instance.pool(listener) + "/"))
        .anyMatch(
            end ->
                one.at().isAfter(end.time().minus(KNOWN_BEFORE))
                    && one.at().isBefore(end.time().plus(KNOWN_AFTER)));
  }

  /** What nothing explains; empty when all is well. */
  List<String> unexplained() {
    return new ArrayList<>(unexplained);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append(
        String.format(
            "  %-15s %8s = %8s + %14s + %13s  (%s, %s, %s)%n",
            "listener",
            "accepted",
            "served",
            "killed workers",
            "closed by us",
            "not made",
            "p99 ms",
            "max ms"));
    reports.forEach(
        (listener, report) ->
            text.append(
                String.format(
                    "  %-15s %8d = %8d + %14d + %13d  (%d, %d, %d)%n",
                    listener,
                    connected(listener),
                    report.count(GreetingOutcome.SERVED),
                    cut(listener),
                    rude.getOrDefault(listener, 0),
                    report.count(GreetingOutcome.LATE),
                    report.p99Micros() / 1000,
                    report.maxMicros() / 1000)));
    unexplained().stream()
        .limit(EXAMPLES)
        .forEach(line -> text.append("  UNEXPLAINED ").append(line).append('\n'));
    return text.toString();
  }
}
