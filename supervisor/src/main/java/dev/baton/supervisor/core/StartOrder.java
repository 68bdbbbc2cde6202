package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which pools begin and end before which. A pool begins once all those that it comes after are up,
 * and ends before any of them does. Immutable.
 */
public final class StartOrder {
  private final Map<String, List<String>> after;

  /**
   * @param after for each pool those that it comes after
   */
  public StartOrder(Map<String, List<String>> after) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    after.forEach((pool, before) -> copy.put(pool, List.copyOf(before)));
    this.after = copy;
  }

  /** Those that a pool comes after and that are not up yet. */
  public List<String> awaited(String pool, Predicate<String> up) {
    return before(pool).stream().filter(up.negate()).toList();
  }

  /** Whether all that come after a pool have ended. */
  public boolean mayStop(String pool, Predicate<String> ended) {
    return after.entrySet().stream()
        .filter(e -> e.getValue().contains(pool))
        .allMatch(e -> ended.test(e.getKey()));
  }

  /**
   * Pools each of which comes after the next, and the last after the first; empty when there are
   * none, as it has to be.
   */
  public List<String> circle() {
    for (String pool : after.keySet()) {
      List<String> found = circle(new ArrayList<>(List.of(pool)));
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /** Depth first; there are few pools. */
  private List<String> circle(List<String> path) {
    for (String next : before(path.get(path.size() - 1))) {
      if (next.equals(path.get(0))) {
        return List.copyOf(path);
      }
      if (!path.contains(next)) {
        path.add(next);
        List<String> found = circle(path);
        if (!found.isEmpty()) {
          return found;
        }
        path.remove(path.size() - 1);
      }
    }
    return List.of();
  }

  private List<String> before(String pool) {
    return after.getOrDefault(pool, List.of());
  }
}
