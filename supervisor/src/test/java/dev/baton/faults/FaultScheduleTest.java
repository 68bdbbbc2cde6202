package dev.baton.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {

  @Test
  void aSeedGivesTheSameScheduleAgain() {
    assertEquals(FaultSchedule.of(7, 300), FaultSchedule.of(7, 300));
    assertNotEquals(FaultSchedule.of(7, 300), FaultSchedule.of(8, 300));
  }

  @Test
  void theShortestRunHasEveryKind() {
    var life = FaultSchedule.of(1, 20).lives().get(0);
    var kinds =
        life.faults().subList(0, FaultKind.values().length + 2).stream()
            .map(Fault::kind)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(FaultKind.class)));
    assertEquals(EnumSet.copyOf(Arrays.asList(FaultKind.values())), kinds);
  }

  @Test
  void aLongRunHasSeveralLives() {
    var schedule = FaultSchedule.of(1, 600);
    assertEquals(10, schedule.lives().size());
    assertTrue(schedule.lives().stream().allMatch(life -> life.seconds() == 54));
    assertTrue(schedule.lives().stream().allMatch(life -> life.most() == 32));
  }

  @Test
  void choicesOfOneFaultAreIndependent() {
    var fault = new Fault(FaultKind.MISDEED, "shared", 13, 0, 0);
    var letters = java.util.List.of("a", "b", "c", "d");
    assertEquals("b", fault.choose(letters, 0));
    assertEquals("b", fault.choose(letters, 1));
    assertEquals("a", fault.choose(letters, 2));
  }
}
