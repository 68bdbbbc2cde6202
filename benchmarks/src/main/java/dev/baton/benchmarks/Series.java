package dev.baton.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Figures of the same kind, in the order in which they were measured. Immutable.
 *
 * @param values at least one
 */
public record Series(List<Double> values) {
  /** Checks that there are figures, and that each of them is one. */
  public Series {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    if (values.stream().anyMatch(v -> v.isNaN() || v.isInfinite())) {
      throw new IllegalArgumentException("not all of these are figures: " + values);
    }
  }

  /** From single figures. */
  public static Series of(double... values) {
    return new Series(Arrays.stream(values).boxed().toList());
  }

  /** The one in the middle, or the mean of the two there. */
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The smallest. */
  public double min() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  /** The largest. */
  public double max() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  /** How many. */
  public int size() {
    return values.size();
  }

  /**
   * Each figure divided by the other series' figure of the same pair.
   *
   * @throws IllegalArgumentException when the series differ in length, or a divisor is 0
   */
  public Series dividedBy(Series other) {
    if (size() != other.size()) {
      throw new IllegalArgumentException("no pairs: " + size() + " and " + other.size());
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      ratios.add(values.get(i) / other.values.get(i));
    }
    return new Series(ratios);
  }
}
