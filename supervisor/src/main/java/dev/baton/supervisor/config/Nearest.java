package dev.baton.supervisor.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that an operator probably meant. */
final class Nearest {

  private static final int LONGEST = 64;

  private Nearest() {}

  /** The closest of {@code names}, if one is close enough to be meant; the first one of equals. */
  static Optional<String> to(String wrong, Collection<String> names) {
    String mine = fold(wrong);
    if (mine.isEmpty() || mine.length() > LONGEST) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Math.max(1, Math.min(3, mine.length() / 3)) + 1;
    for (String name : names) {
      int distance = distance(mine, fold(name));
      if (distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** What to append to the found text: {@code (did you mean "workers"?)}, or nothing. */
  static String hint(String wrong, Collection<String> names) {
    return to(wrong, names).map(name -> " (did you mean " + Words.quote(name) + "?)").orElse("");
  }

  /** class-path, class_path and ClassPath are all classPath to a human. */
  private static String fold(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int substitution = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(substitution, Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
