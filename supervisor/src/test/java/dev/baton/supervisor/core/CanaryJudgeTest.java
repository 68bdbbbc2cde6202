package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.core.CanaryJudge.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanaryJudgeTest {
  private static final long MS = 1_000_000;

  @ParameterizedTest
  @CsvSource({
    "0,   0, 0,    0",
    "19,  3, 1000, 0",
    "100, 2, 1000, 0",
    "100, 5, 1000, 50",
    "100, 6, 1000, 50",
    "400, 4, 400,  0",
  })
  void tooFewOrNotWorse(long requests, long failed, long others, long othersFailed) {
    assertEquals(
        "",
        CanaryJudge.against(new Tally(requests, failed, 0), new Tally(others, othersFailed, 0)));
  }

  @Test
  void moreFailures() {
    assertEquals(
        "5 of its 100 requests failed (5.0 %, of the others' 1.0 %)",
        CanaryJudge.against(new Tally(100, 5, 0), new Tally(1000, 10, 0)));
    assertEquals(
        "3 of its 20 requests failed (15.0 %, of the others' 0.0 %)",
        CanaryJudge.against(new Tally(20, 3, 0), Tally.NONE));
  }

  @Test
  void slower() {
    Tally others = new Tally(100, 0, 100 * 4 * MS);
    assertEquals("", CanaryJudge.against(new Tally(100, 0, 100 * 12 * MS), others));
    assertEquals(
        "its requests take 13.0 ms, the others' 4.0 ms",
        CanaryJudge.against(new Tally(100, 0, 100 * 13 * MS), others));
    Tally quick = new Tally(100, 0, 100 * MS);
    assertEquals("", CanaryJudge.against(new Tally(100, 0, 100 * 5 * MS), quick), "noise");
    assertEquals("", CanaryJudge.against(new Tally(49, 0, 49 * 90 * MS), quick), "too few");
  }
}
