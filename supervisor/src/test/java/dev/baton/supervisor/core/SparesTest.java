package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Workers that wait for a slot. */
class SparesTest {
  private static PoolDriver pool(int target, int surge, int spares) {
    return pool(target, Times.settings(surge, spares, RestartRules.ENDLESS));
  }

  private static PoolDriver pool(int target, PoolSettings settings) {
    return new PoolDriver(Pool.create("p", settings, target, 1)).event(new PoolEvent.Begin());
  }

  /** A pool with one slot that serves and one spare that waits. */
  private static PoolDriver well(int surge) {
    return pool(1, surge, 1).serves("0#1").waits("1000#1").forget();
  }

  @Test
  void theyStartWhenEverySlotServes() {
    PoolDriver p = pool(2, 1, 2).serves("0#1");
    assertEquals(List.of("0#1", "1#1"), p.spawned());
    p.serves("1#1");
    assertEquals(List.of("0#1", "1#1", "1000#1", "1001#1"), p.spawned());
    p.forget().waits("1000#1");
    assertEquals(List.of(), p.of(Effect.Start.class), "who waits is not started");
    assertEquals(Worker.NONE, p.find("1000#1").deadline(), "and may wait for ever");
  }

  @Test
  void oneTakesTheSlotOfADeadWorkerAtOnce() {
    PoolDriver p = well(1).crashes("0#1");
    WorkerId taken = PoolDriver.id("0#2");
    assertEquals(List.of(new Effect.Take(PoolDriver.id("1000#1"), taken)), p.of(Effect.Take.class));
    assertEquals(List.of(new Effect.Start(taken, 1)), p.of(Effect.Start.class));
    assertEquals(p.now() + Times.START, p.find("0#2").deadline());
    assertEquals(List.of(), p.spawned(), "the next spare waits until the slot has somebody");
    p.worker("0#2", Kind.READY);
    assertEquals(List.of("1000#2"), p.spawned());
    assertEquals("0#2 g1 READY, 1000#2 g1 STARTING", p.workers());
  }

  @Test
  void otherSettingsGiveAndTakeThem() {
    PoolDriver p = well(1);
    p.event(new PoolEvent.Configure(Times.settings(1, 3, RestartRules.ENDLESS)));
    assertEquals(List.of("1001#1", "1002#1"), p.spawned());
    p.waits("1001#1").waits("1002#1").forget();
    p.event(new PoolEvent.Configure(Times.settings(2, 1, RestartRules.ENDLESS)));
    assertEquals(
        "0#1 g1 READY, 1000#1 g1 SPARE, 1001#1 g1 STOPPING, 1002#1 g1 STOPPING", p.workers());
    assertEquals(2, p.pool().settings().surge());
    p.event(new PoolEvent.Configure(Times.settings(1, 0, RestartRules.ENDLESS)));
    assertEquals(List.of(), p.spawned());
    p.crashes("0#1");
    assertEquals(List.of(), p.of(Effect.Take.class), "none of those that leave takes a slot");
  }

  @Test
  void inACrashLoopTheBackoffHolds() {
    PoolDriver p = well(1).crashes("0#1").worker("0#2", Kind.READY).waits("1000#2");
    p.crashes("0#2");
    assertEquals("1000#2 g1 SPARE", p.workers());
    p.tickAfter(2 * Times.SECOND);
    assertEquals("0#3 g1 HANDSHAKING", p.workers());
  }

  @Test
  void whoDiedBeforeItServedHasNoClaimToASpare() {
    PoolDriver p = well(1).crashes("0#1").forget().crashes("0#2");
    assertEquals(List.of(), p.of(Effect.Take.class));
    p.waits("1000#2").tickAfter(2 * Times.SECOND);
    assertEquals("0#3 g1 HANDSHAKING", p.workers());
  }

  @Test
  void oneThatIsStillStartingIsTakenBeforeANewStart() {
    PoolDriver p = pool(1, 1, 1).serves("0#1").worker("1000#1", Kind.SPAWNED).forget();
    p.crashes("0#1");
    assertEquals("0#2 g1 STARTING", p.workers());
    assertEquals(List.of(), p.of(Effect.Start.class), "it has not said hello");
    p.worker("0#2", Kind.HELLO);
    assertEquals(List.of(new Effect.Start(PoolDriver.id("0#2"), 1)), p.of(Effect.Start.class));
    p.worker("0#2", Kind.LOADED).worker("0#2", Kind.READY);
    assertEquals(1, p.pool().serving());
  }

  @Test
  void oneWithoutAProcessIsNot() {
    PoolDriver p = pool(1, 1, 1).serves("0#1").after(Times.STABLE).crashes("0#1");
    assertEquals("0#2 g1 STARTING, 1000#1 g1 STARTING", p.workers());
    assertEquals(List.of(), p.of(Effect.Take.class));
  }

  @Test
  void aNewSlotTakesOne() {
    PoolDriver p = well(1).scale(2);
    assertEquals("0#1 g1 READY, 1#1 g1 HANDSHAKING", p.workers());
  }

  @Test
  void noSlotNoSpare() {
    PoolDriver p = well(1).scale(0);
    assertEquals(WorkerState.STOPPING, p.find("1000#1").state(), "it has nothing to drain");
    p.exits("1000#1").leaves("0#1");
    assertEquals("", p.workers());
    p.scale(1).serves("0#2");
    assertEquals("0#2 g1 READY, 1000#2 g1 STARTING", p.workers());
    p.waits("1000#2").stop().exits("1000#2");
    assertEquals(Pool.Phase.STOPPING, p.pool().phase());
    p.leaves("0#2");
    assertEquals(Pool.Phase.STOPPED, p.pool().phase());
  }

  @Test
  void aRolloutReplacesThemFirstAndItsFirstStepTakesOne() {
    PoolDriver p = pool(2, 1, 1).serves("0#1").serves("1#1").waits("1000#1").restart(1);
    assertEquals("0#1 g1 READY, 1#1 g1 READY, 1000#1 g1 STOPPING", p.workers());
    p.exits("1000#1").waits("1000#2");
    assertEquals("0#1 g1 READY, 0#2 g2 HANDSHAKING, 1#1 g1 READY, 1000#3 g2 STARTING", p.workers());
    p.worker("0#2", Kind.READY).leaves("0#1");
    // The second step does not wait for the next spare, which has no process yet.
    assertEquals("0#2 g2 READY, 1#1 g1 READY, 1#2 g2 STARTING, 1000#3 g2 STARTING", p.workers());
    p.serves("1#2").leaves("1#1").waits("1000#3");
    assertEquals(List.of("done g2"), p.verdicts());
    assertEquals("0#2 g2 READY, 1#2 g2 READY, 1000#3 g2 SPARE", p.workers());
  }

  @Test
  void aSpareThatDoesNotComeUpEndsTheRolloutBeforeItTouchedASlot() {
    PoolDriver p = well(1).restart(1).exits("1000#1").crashes("1000#2");
    assertEquals(List.of("back g1 by 1000#2"), p.verdicts());
    assertEquals("0#1 g1 READY, 1000#3 g1 STARTING", p.workers());
    assertEquals(List.of(), p.of(Effect.SendDrain.class));
  }

  @Test
  void withoutSurgeASlotIsEmptiedOnlyForASpareThatWaits() {
    PoolDriver p = pool(2, 0, 1).serves("0#1").serves("1#1").waits("1000#1").restart(0);
    p.exits("1000#1").worker("1000#2", Kind.SPAWNED).worker("1000#2", Kind.HELLO);
    assertEquals(2, p.pool().serving(), () -> "emptied too soon: " + p.workers());
    p.worker("1000#2", Kind.LOADED).leaves("0#1").worker("0#2", Kind.READY);
    assertEquals("0#2 g2 READY, 1#1 g1 READY, 1000#3 g2 STARTING", p.workers());
    p.waits("1000#3").leaves("1#1").worker("1#2", Kind.READY);
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void theirEndsFollowTheSameRules() {
    RestartRules twice =
        new RestartRules(
            RestartRules.Policy.ALWAYS, 1, 60 * Times.SECOND, ExitSet.NONE, ExitSet.NONE);
    PoolDriver p = pool(1, Times.settings(1, 1, twice)).serves("0#1").waits("1000#1");
    p.crashes("1000#1");
    assertEquals("0#1 g1 READY", p.workers());
    p.tickAfter(Times.SECOND).crashes("1000#2");
    assertEquals(SlotHistory.Rest.FAILED, p.slot(1000).rest());
    assertTrue(
        p.of(Effect.Note.class).stream()
            .anyMatch(n -> n.text().startsWith("spare 1000 has failed until it is reset")),
        () -> p.effects().toString());
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()), "the slots are what counts");
    p.event(new PoolEvent.Reset(OptionalInt.empty()));
    assertEquals("0#1 g1 READY, 1000#3 g1 STARTING", p.workers());
  }

  @Test
  void noneWhereEverySlotRests() {
    RestartRules never =
        new RestartRules(RestartRules.Policy.NEVER, 0, 0, ExitSet.NONE, ExitSet.NONE);
    PoolDriver p = pool(1, Times.settings(1, 1, never)).serves("0#1").waits("1000#1");
    p.crashes("0#1").exits("1000#1");
    assertEquals("", p.workers());
    assertEquals(Worker.NONE, p.pool().nextDeadline());
  }
}
