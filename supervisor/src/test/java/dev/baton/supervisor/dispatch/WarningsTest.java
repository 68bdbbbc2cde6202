package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A flood of one cause is a few lines, and hides no other cause. */
class WarningsTest {
  private final List<String> said = new ArrayList<>();
  private final Warnings warnings = new Warnings(said::add);

  @Test
  void theFirstAtOnceAndThenNowAndThenWithACount() {
    for (int second = 0; second <= 10; second++) {
      warnings.say("a", "a at " + second, TimeUnit.SECONDS.toNanos(second));
    }
    assertEquals(List.of("a at 0", "a at 10 (9 more times since)"), said);
  }

  @Test
  void eachCauseByItself() {
    warnings.say("a", "a", 5);
    warnings.say("b", "b", 6);
    warnings.say("a", "a", 7);
    assertEquals(List.of("a", "b"), said);
  }
}
