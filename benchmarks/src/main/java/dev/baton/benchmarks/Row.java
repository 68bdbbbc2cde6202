package dev.baton.benchmarks;

import java.util.Optional;

/**
 * One measured figure.
 *
 * @param figure what it is, with its unit
 * @param decimals how many are worth to be shown
 * @param goal what its median should be; empty for a figure that is shown for information
 */
public record Row(String figure, Series series, int decimals, Optional<Goal> goal) {
  /** A figure without a goal. */
  public static Row of(String figure, Series series, int decimals) {
    return new Row(figure, series, decimals, Optional.empty());
  }

  /** The same figure with a goal. */
  public Row goal(Goal.Kind kind, double bound) {
    return new Row(figure, series, decimals, Optional.of(new Goal(kind, bound)));
  }

  /** Whether the goal is met, or there is none. */
  public boolean met() {
    return goal.map(g -> g.met(series.median())).orElse(true);
  }
}
