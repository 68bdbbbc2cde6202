package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  private static final Machine MACHINE = new Machine(2, "Some CPU", 7974, "Linux 6", "17.0.15");

  @Test
  void showsMedianRangeAndGoal() {
    Row slow = Row.of("time, s", Series.of(3, 1, 2), 2).goal(Goal.Kind.BELOW, 2);
    Row fast = Row.of("rate", Series.of(123456.4), 0).goal(Goal.Kind.AT_LEAST, 1000);
    Row info = Row.of("size", Series.of(1), 1);
    Result result = new Result(List.of("Done twice."), "0.1.0", List.of(slow, fast, info));
    assertEquals(
        """
        Baton 0.1.0, 2026-11-22. 2 cores of Some CPU, 7,974 MiB, Linux 6, JDK 17.0.15. Done twice.

        | figure | median | lowest | highest | goal | |
        |---|---:|---:|---:|---:|---|
        | time, s | 2.00 | 1.00 | 3.00 | &lt; 2.00 | **missed** |
        | rate | 123,456 | 123,456 | 123,456 | &ge; 1,000 | met |
        | size | 1.0 | 1.0 | 1.0 |  |  |
        """,
        ResultTable.of(result, MACHINE, LocalDate.of(2026, 11, 22)));
    assertFalse(result.met());
  }

  @Test
  void goalsIncludeTheirBoundOrNot() {
    assertFalse(new Goal(Goal.Kind.BELOW, 2).met(2));
    assertTrue(new Goal(Goal.Kind.AT_MOST, 2).met(2));
    assertFalse(new Goal(Goal.Kind.AT_MOST, 2).met(2.001));
    assertTrue(new Goal(Goal.Kind.AT_LEAST, 2).met(2));
    assertFalse(new Goal(Goal.Kind.AT_LEAST, 2).met(1.999));
  }

  @Test
  void aFigureWithoutAGoalMissesNone() {
    assertTrue(Row.of("size", Series.of(1), 1).met());
  }
}
