package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.benchmarks.OpenTable.Turn;
import dev.baton.benchmarks.OpenTable.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenTableTest {
  private static final long SECOND = 1_000_000_000;

  private final OpenTable table = new OpenTable();

  private void turn(long direct, long one, long many) {
    table.add(Way.DIRECT, new Turn(direct, SECOND, 0, 1));
    table.add(Way.ONE, new Turn(one, SECOND, 0.2, 0.3));
    table.add(Way.MANY_AT_ONCE, new Turn(many, SECOND, 0.75, 0.25));
  }

  @Test
  void comparesTurnByTurn() {
    turn(100_000, 10_000, 20_000);
    turn(200_000, 10_000, 20_000);
    List<Row> rows = table.rows();
    assertEquals(
        Series.of(20_000, 20_000), row(rows, "through the supervisor, 128 in flight: opens"));
    assertEquals(Series.of(10, 20), row(rows, "time: "));
    assertEquals(Series.of(5, 10), row(rows, "CPU: "));
    assertEquals(Series.of(10, 5), row(rows, "FileChannel.open: from the call"));
    assertEquals(Series.of(20, 20), row(rows, Way.ONE + ": CPU of the supervisor"));
    assertEquals(Series.of(30, 30), row(rows, Way.ONE + ": CPU of the worker"));
  }

  @Test
  void theGoalIsTenThousandASecond() {
    turn(100_000, 5_000, 10_000);
    assertTrue(table.rows().stream().allMatch(Row::met));
    turn(100_000, 5_000, 9_000);
    assertFalse(table.rows().get(0).met());
  }

  private static Series row(List<Row> rows, String begin) {
    Series series =
        rows.stream()
            .filter(r -> r.figure().startsWith(begin))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + begin + " in " + rows))
            .series();
    return new Series(series.values().stream().map(v -> Math.round(v * 1e6) / 1e6).toList());
  }
}
