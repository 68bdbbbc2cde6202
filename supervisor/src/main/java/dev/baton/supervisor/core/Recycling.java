package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * Which worker of a pool is recycled next. Each has limits of its own, which are up to a tenth
 * below those of the rules, so that workers that started together and share their load are not due
 * together. No I/O, no clock; for one thread.
 */
public final class Recycling {
  private static final double JITTER = 0.1;
  private static final int MEBI = 20;
  private static final LongFunction<String> COUNT = Long::toString;

  private final RecycleRules rules;
  private final Backoff backoff;
  private boolean asked;
  private long askedAt;
  private int failures;
  private long notBefore;

  private record Due(Worker worker, double part, String why) {}

  /**
   * @param backoff after a replacement that failed; and no worker is recycled before it has served
   *     for {@link Backoff#stableAfter}, so that a limit which every worker is above from its start
   *     does not replace one after the other without a pause
   */
  public Recycling(RecycleRules rules, Backoff backoff) {
    this.rules = rules;
    this.backoff = backoff;
  }

  /** The time of the schedule has come: all that serve by now are to be replaced. */
  public void scheduled(long now) {
    asked = true;
    askedAt = now;
  }

  /** What became of a replacement that was begun. */
  public void over(Effect.RecycleOver end, long now) {
    failures = end.done() ? 0 : failures + 1;
    if (failures > 0) {
      notBefore = now + backoff.delay(failures, end.worker().salt());
    }
  }

  /** Whether resident sets are needed. */
  public boolean weighs() {
    return rules.maxMemory() > 0;
  }

  /**
   * The next one: who is the furthest above a limit, then, by the schedule, who has served the
   * longest. Nobody while the pool has something else under way.
   */
  public Optional<PoolEvent.Recycle> next(Pool pool, Function<WorkerId, Usage> usage, long now) {
    boolean none = !asked && rules.equals(RecycleRules.NONE);
    if (none || failures > 0 && now < notBefore || !Replacing.mayBegin(pool)) {
      return Optional.empty();
    }
    return pool.slots().stream()
        .flatMap(s -> s.first(Worker::serving).stream())
        .filter(w -> now - w.readyAt() >= backoff.stableAfter())
        .flatMap(w -> due(w, usage.apply(w.id()), now))
        .max(
            Comparator.comparingDouble(Due::part)
                .thenComparing(d -> d.worker().readyAt(), Comparator.reverseOrder()))
        .map(d -> new PoolEvent.Recycle(d.worker().id(), d.why()));
  }

  /** How far a worker that serves is from the limits at which it is recycled, in sentences. */
  public List<String> outlook(Worker w, Usage usage, long now) {
    if (!w.serving() || w.outgoing()) {
      return List.of();
    }
    List<String> limits = new ArrayList<>();
    long age = now - w.readyAt();
    outlook(limits, w, "maxAge", age, rules.maxAge(), Spans::words);
    outlook(limits, w, "maxConnections", usage.connections(), rules.maxConnections(), COUNT);
    outlook(limits, w, "maxRequests", usage.requests(), rules.maxRequests(), COUNT);
    outlook(limits, w, "maxMemory", usage.memory(), rules.maxMemory(), Recycling::mebibytes);
    if (asked && w.readyAt() <= askedAt) {
      limits.add("it is to be recycled by the schedule, when its turn comes");
    }
    if (!limits.isEmpty() && age < backoff.stableAfter()) {
      limits.add(
          "it is not recycled before it has served for " + Spans.words(backoff.stableAfter()));
    }
    return limits;
  }

  private static void outlook(
      List<String> limits,
      Worker w,
      String rule,
      long found,
      long limit,
      LongFunction<String> text) {
    if (limit > 0) {
      long own = (long) (limit * (1 - JITTER * Backoff.unit(w.id().salt())));
      limits.add(
          "it is recycled at " + rule + " " + text.apply(own) + ", now " + text.apply(found));
    }
  }

  private Stream<Due> due(Worker w, Usage usage, long now) {
    long age = now - w.readyAt();
    Stream<Due> limits =
        Stream.of(
                limit(w, "maxAge", age, rules.maxAge(), Recycling::seconds),
                limit(w, "maxConnections", usage.connections(), rules.maxConnections(), COUNT),
                limit(w, "maxRequests", usage.requests(), rules.maxRequests(), COUNT),
                limit(w, "maxMemory", usage.memory(), rules.maxMemory(), Recycling::mebibytes))
            .flatMap(Optional::stream);
    boolean meant = asked && w.readyAt() <= askedAt;
    return meant
        ? Stream.concat(limits, Stream.of(new Due(w, 0, "schedule: serves since " + seconds(age))))
        : limits;
  }

  private static Optional<Due> limit(
      Worker w, String rule, long found, long limit, LongFunction<String> text) {
    double part = (double) found / limit;
    if (limit == 0 || part < 1 - JITTER * Backoff.unit(w.id().salt())) {
      return Optional.empty();
    }
    return Optional.of(
        new Due(w, part, rule + ": " + text.apply(found) + " of " + text.apply(limit)));
  }

  private static String mebibytes(long bytes) {
    return (bytes >> MEBI) + " MiB";
  }

  private static String seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos) + " s";
  }
}
