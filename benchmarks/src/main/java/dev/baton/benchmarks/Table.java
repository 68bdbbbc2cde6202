package dev.baton.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of several things that were measured in turn, so that the i-th figures of all of them are
 * close in time and can be compared. For one thread.
 *
 * @param <K> what was measured
 */
final class Table<K> {
  private final Map<K, List<Double>> columns = new LinkedHashMap<>();

  /** Adds the next figure of one. */
  void add(K what, double figure) {
    columns.computeIfAbsent(what, k -> new ArrayList<>()).add(figure);
  }

  /** All figures of one. */
  Series of(K what) {
    return new Series(columns.getOrDefault(what, List.of()));
  }

  /** Each figure of one divided by the other's of the same turn. */
  Series ratio(K what, K reference) {
    return of(what).dividedBy(of(reference));
  }
}
