package dev.baton.benchmarks;

import java.util.List;

/**
 * What one benchmark has measured.
 *
 * @param how how it was measured this time, in one sentence each
 * @param version of Baton
 */
public record Result(List<String> how, String version, List<Row> rows) {
  /** Both lists are copied. */
  public Result {
    how = List.copyOf(how);
    rows = List.copyOf(rows);
  }

  /** Whether all goals are met. */
  public boolean met() {
    return rows.stream().allMatch(Row::met);
  }
}
