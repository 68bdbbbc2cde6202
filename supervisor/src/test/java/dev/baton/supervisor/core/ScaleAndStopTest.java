package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Changing the number of slots, and the end. */
class ScaleAndStopTest {
  @Test
  void downRetiresTheHighestSlots() {
    PoolDriver p = PoolDriver.serving(3, 1).scale(1);
    assertEquals("0#1 g1 READY, 1#1 g1 DRAINING, 2#1 g1 DRAINING", p.workers());
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
  }

  @Test
  void upAgainRunsGoOn() {
    PoolDriver p = PoolDriver.serving(2, 1).scale(1).leaves("1#1").scale(3);
    assertEquals("0#1 g1 READY, 1#2 g1 STARTING, 2#1 g1 STARTING", p.workers());
  }

  @Test
  void upAgainStartsBesideTheOneThatLeavesButNeverAThird() {
    PoolDriver p = PoolDriver.serving(1, 1).scale(0).scale(1).scale(0).scale(1);
    assertEquals("0#1 g1 DRAINING, 0#2 g1 KILLING", p.workers());
    p.exits("0#2");
    assertEquals("0#1 g1 DRAINING, 0#3 g1 STARTING", p.workers());
  }

  @Test
  void newSlotsAreOfTheGenerationThatServesAndOfANewRun() {
    PoolDriver p = new PoolDriver(Pool.create("p", Times.settings(1), 1, 42));
    p.event(new PoolEvent.Begin()).restart(1).serves("0#43").exits("0#42").scale(2);
    assertEquals("0#43 g2 READY, 1#42 g2 STARTING", p.workers());
  }

  @Test
  void aSlotInBackoffThatIsScaledAwayWakesNobody() {
    PoolDriver p = PoolDriver.serving(1, 1).crashes("0#1").scale(0);
    assertEquals(Worker.NONE, p.pool().nextDeadline());
    p.scale(1);
    assertEquals("0#2 g1 STARTING", p.workers());
  }

  @Test
  void beforeTheBeginningAndAfterTheEndCommandsAreRefused() {
    PoolDriver p = new PoolDriver(1, 1).restart(1).scale(2);
    p.stop().restart(1).scale(2).event(new PoolEvent.Begin());
    assertEquals(
        List.of(
            "pool p has not begun",
            "pool p has not begun",
            "pool p is stopping",
            "pool p is stopping"),
        p.of(Effect.Refused.class).stream().map(Effect.Refused::reason).toList());
    assertEquals(1, p.of(Effect.PoolStopped.class).size());
    assertEquals("", p.workers(), "a late begin starts nothing");
  }

  @Test
  void stopIsInOrder() {
    PoolDriver p = PoolDriver.serving(2, 1).stop();
    assertEquals("0#1 g1 DRAINING, 1#1 g1 DRAINING", p.workers());
    p.leaves("0#1").crashes("1#1");
    assertEquals(PoolState.STOPPED, PoolState.of(p.pool()));
    assertEquals(Worker.NONE, p.pool().nextDeadline());
  }

  @Test
  void aSecondStopKills() {
    PoolDriver p = PoolDriver.serving(2, 1).stop().worker("0#1", Kind.DRAINED).forget();
    p.event(new PoolEvent.Stop(true));
    assertEquals(2, p.of(Effect.Kill.class).size());
    p.crashes("0#1").crashes("1#1");
    assertEquals(1, p.of(Effect.PoolStopped.class).size());
  }

  @Test
  void aProcessThatComesToBeAfterTheKillIsKilled() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin());
    p.event(new PoolEvent.Stop(true)).forget().worker("0#1", Kind.SPAWNED);
    assertEquals(List.of(new Effect.Kill(PoolDriver.id("0#1"))), p.effects());
  }

  /** Every step of a rollout and of the way back, by what leads there. */
  private static final Map<String, Consumer<PoolDriver>> STEPS =
      new TreeMap<>(
          Map.of(
              "spawning", p -> {},
              "handshaking", p -> p.worker("0#2", Kind.SPAWNED).worker("0#2", Kind.HELLO),
              "both serve", p -> p.serves("0#2"),
              "old one stopping", p -> p.serves("0#2").worker("0#1", Kind.DRAINED),
              "second slot", p -> p.serves("0#2").leaves("0#1"),
              "going back", p -> p.serves("0#2").leaves("0#1").crashes("1#2"),
              "new one violated", p -> p.worker("0#2", Kind.VIOLATION)));

  @TestFactory
  Stream<DynamicTest> stopDuringEveryStepOfARollout() {
    return STEPS.entrySet().stream()
        .flatMap(
            step ->
                Stream.of(false, true)
                    .map(
                        now ->
                            DynamicTest.dynamicTest(
                                step.getKey() + (now ? ", now" : ""),
                                () -> stopsAfter(step.getValue(), now))));
  }

  private static void stopsAfter(Consumer<PoolDriver> step, boolean now) {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1);
    step.accept(p);
    p.forget().event(new PoolEvent.Stop(now)).event(new PoolEvent.Stop(now));
    assertEquals(1, p.verdicts().size());
    assertTrue(p.verdicts().get(0).startsWith("back g1"), p.verdicts().get(0));
    while (!p.workers().isEmpty()) {
      p.exits(p.workers().substring(0, 3));
    }
    assertEquals(List.of(), p.spawned());
    assertEquals(1, p.of(Effect.PoolStopped.class).size());
  }
}
