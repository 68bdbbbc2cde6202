package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchTableTest {
  private final DispatchTable table = new DispatchTable();

  @Test
  void ratiosAreTakenTurnByTurn() {
    for (int turn = 1; turn <= 3; turn++) {
      add(Contestants.C_HAND_OFF, 1000 * turn, 20, 10, 40);
      add(Contestants.SHARED, 1000 * turn, 20, 0, 30);
      add(Contestants.DISPATCH, 2000 * turn, 30, 9, 42);
    }
    table.addAllocation(12);
    List<Row> rows = table.rows();
    assertEquals(Series.of(2, 2, 2), row(rows, "connections a second: dispatch / C"));
    assertEquals(Series.of(1.5, 1.5, 1.5), row(rows, "server CPU per connection: dispatch / C"));
    assertEquals(Series.of(9, 9, 9), row(rows, "dispatch: CPU of the supervisor"));
    assertEquals(Series.of(12, 12, 12), row(rows, "dispatch: answers come later"));
    assertEquals(Series.of(12), row(rows, "dispatch: allocated"));
    assertFalse(rows.stream().anyMatch(r -> r.figure().contains("Node")), "Node was left out");
    assertFalse(find(rows, "server CPU per connection: dispatch / C").met());
    assertTrue(find(rows, "server CPU per connection: dispatch / Baton").met());
  }

  private void add(String server, long requests, double cpu, double handOff, double answer) {
    LoadClient.Answers answers = new LoadClient.Answers(requests, 1, 100, 200);
    Measurement measured = new Measurement(answers, cpu * requests / 1e6, handOff * requests / 1e6);
    table.add(server, measured, new long[] {(long) (answer * 1000), 0, 5000, 0});
  }

  private static Series row(List<Row> rows, String begin) {
    List<Double> rounded =
        find(rows, begin).series().values().stream().map(v -> Math.round(v * 1e6) / 1e6).toList();
    return new Series(rounded);
  }

  private static Row find(List<Row> rows, String begin) {
    return rows.stream().filter(r -> r.figure().startsWith(begin)).findFirst().orElseThrow();
  }
}
