package dev.baton.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deadlines in order, each once. */
class TimersTest {
  private final Timers timers = new Timers();
  private final List<String> ran = new ArrayList<>();

  private Timers.Timer at(long when, String name) {
    return timers.at(when, () -> ran.add(name));
  }

  private List<String> expire(long now) {
    ran.clear();
    timers.expire(now, Runnable::run);
    return List.copyOf(ran);
  }

  @Test
  void inTheOrderOfTimeAndThenOfAsking() {
    at(30, "late");
    at(10, "first");
    at(20, "second");
    at(10, "also first");
    assertEquals(10, timers.next());
    assertEquals(List.of(), expire(9));
    assertEquals(List.of("first", "also first"), expire(10));
    assertEquals(20, timers.next());
    assertEquals(List.of("second", "late"), expire(1000));
    assertEquals(Timers.NEVER, timers.next());
    assertEquals(List.of(), expire(Long.MAX_VALUE));
  }

  @Test
  void whatIsTakenBackDoesNotRun() {
    Timers.Timer gone = at(10, "gone");
    at(20, "stays");
    gone.cancel();
    gone.cancel();
    assertEquals(20, timers.next());
    assertEquals(List.of("stays"), expire(30));
  }

  @Test
  void oneDeadlineCanTakeBackAnotherThatIsDue() {
    List<Timers.Timer> second = new ArrayList<>();
    timers.at(10, () -> second.get(0).cancel());
    second.add(at(10, "second"));
    at(10, "third");
    assertEquals(List.of("third"), expire(10));
  }

  /** A task that asks for itself again must not hold the loop up for ever. */
  @Test
  void whatATaskAddsWaitsForTheNextTurn() {
    timers.at(
        10,
        () -> {
          ran.add("task");
          at(5, "added");
        });
    assertEquals(List.of("task"), expire(10));
    assertEquals(5, timers.next());
    assertEquals(List.of("added"), expire(10));
  }

  @Test
  void aTaskThatFailsIsOverAll() {
    timers.at(
        10,
        () -> {
          throw new IllegalStateException("once");
        });
    at(10, "other");
    List<String> failures = new ArrayList<>();
    timers.expire(
        10,
        task -> {
          try {
            task.run();
          } catch (IllegalStateException e) {
            failures.add(e.getMessage());
          }
        });
    assertEquals(List.of("once"), failures);
    assertEquals(List.of("other"), ran);
    assertEquals(Timers.NEVER, timers.next());
  }
}
