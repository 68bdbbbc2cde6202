package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The delay before a start, over everything that a configuration allows. */
class BackoffPropertyTest {
  private static final long DAY = TimeUnit.DAYS.toNanos(1);

  /** As documented: 1 ms to 1 d, at least as long as the first, factor 1 to 100, jitter 0 to 1. */
  @Provide
  Arbitrary<Backoff> allowed() {
    Arbitrary<Long> times = Arbitraries.longs().between(TimeUnit.MILLISECONDS.toNanos(1), DAY);
    Arbitrary<Double> factors = Arbitraries.doubles().between(1, 100);
    Arbitrary<Double> jitters = Arbitraries.doubles().between(0, 1);
    return Combinators.combine(times, times, factors, jitters)
        .as((a, b, f, j) -> new Backoff(Math.min(a, b), Math.max(a, b), f, j, 0));
  }

  private static Backoff calm(Backoff b) {
    return new Backoff(b.initial(), b.max(), b.factor(), 0, b.stableAfter());
  }

  @Property
  void isWithinItsBounds(
      @ForAll("allowed") Backoff b,
      @ForAll @IntRange(min = 1, max = 1_000_000) int failures,
      @ForAll long salt) {
    long delay = b.delay(failures, salt);
    long calm = calm(b).delay(failures, salt);
    assertTrue(delay <= b.max(), () -> delay + " is above the cap");
    assertTrue(delay <= calm, () -> delay + " is above " + calm);
    long least = (long) (calm * (1 - b.jitter())) - 1;
    assertTrue(delay >= least, () -> delay + " is below " + least);
  }

  @Property
  void isTheSameForTheSame(
      @ForAll("allowed") Backoff b, @ForAll @IntRange(min = 1) int failures, @ForAll long salt) {
    assertEquals(b.delay(failures, salt), b.delay(failures, salt));
  }

  @Property
  void neverShrinksFromFailureToFailure(
      @ForAll("allowed") Backoff b, @ForAll @IntRange(min = 1, max = 1_000_000) int failures) {
    assertTrue(calm(b).delay(failures, 0) <= calm(b).delay(failures + 1, 0));
  }

  @Property
  void beginsWithTheInitialDelay(@ForAll("allowed") Backoff b, @ForAll long salt) {
    assertEquals(b.initial(), calm(b).delay(1, salt), 1.0 * b.initial() / (1L << 50));
  }

  @Property
  void reachesTheCapWithEveryFactorThatGrows(@ForAll("allowed") Backoff b) {
    Backoff growing = new Backoff(b.initial(), b.max(), Math.max(b.factor(), 1.001), 0, 0);
    assertEquals(b.max(), growing.delay(1_000_000, 0));
  }

  @Example
  void neighboursDoNotStartInStep() {
    Backoff b = new Backoff(TimeUnit.SECONDS.toNanos(1), DAY, 2, 0.5, 0);
    Set<Long> delays = new HashSet<>();
    for (long salt = 0; salt < 100; salt++) {
      delays.add(b.delay(1, salt));
    }
    assertEquals(100, delays.size());
    long spread =
        delays.stream().mapToLong(d -> d).max().orElseThrow()
            - delays.stream().mapToLong(d -> d).min().orElseThrow();
    assertTrue(spread > TimeUnit.MILLISECONDS.toNanos(400), () -> "spread over " + spread);
  }
}
