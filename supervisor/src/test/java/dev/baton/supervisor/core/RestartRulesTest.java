package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.RestartRules.Policy;
import dev.baton.supervisor.core.SlotHistory.Rest;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether another start follows an end, and what a reset does. */
class RestartRulesTest {
  private static final long PERIOD = 60 * Times.SECOND;
  private static final ExitSet ZERO = new ExitSet(Set.of(0), Set.of());
  private static final ExitSet SEGV = new ExitSet(Set.of(78), Set.of(11));

  private static PoolDriver serving(int slots, RestartRules rules) {
    PoolDriver p = new PoolDriver(Pool.create("p", Times.settings(rules), slots, 1));
    p.event(new PoolEvent.Begin());
    for (int slot = 0; slot < slots; slot++) {
      p.serves(slot + "#1");
    }
    return p.forget();
  }

  private static RestartRules rules(Policy policy) {
    return new RestartRules(policy, 0, 0, ZERO, SEGV);
  }

  private static RestartRules intensity(int ends) {
    return new RestartRules(Policy.ALWAYS, ends, PERIOD, ExitSet.NONE, ExitSet.NONE);
  }

  @Test
  void oneEndMoreThanTheIntensityFailsTheSlot() {
    PoolDriver p = serving(2, intensity(3));
    p.crashes("0#1").tickAfter(Times.SECOND).crashes("0#2").tickAfter(2 * Times.SECOND);
    p.crashes("0#3").tickAfter(4 * Times.SECOND).forget();
    assertEquals(Rest.NONE, p.slot(0).rest());
    p.crashes("0#4");
    assertEquals(Rest.FAILED, p.slot(0).rest());
    assertEquals(4, p.slot(0).restarts());
    assertEquals(Long.MAX_VALUE, p.pool().nextDeadline(), "nothing more comes by itself");
    String why = "killed by SIGKILL, which is end 4 within 7 s; allowed: 3";
    assertEquals(why, p.slot(0).lastEnd());
    assertTrue(
        p.effects()
            .contains(
                new Effect.Note(
                    Effect.Note.Kind.WARNING, "p", "slot 0 has failed until it is reset: " + why)),
        () -> p.effects().toString());
    assertEquals(PoolState.DEGRADED, PoolState.of(p.pool()), "the other slot serves");
    assertEquals("1#1 g1 READY", p.workers());
  }

  @Test
  void endsCountPerSlotAndOnlyWithinThePeriod() {
    PoolDriver p = serving(2, intensity(1));
    p.crashes("0#1").crashes("1#1").tickAfter(Times.SECOND);
    assertEquals("0#2 g1 STARTING, 1#2 g1 STARTING", p.workers());
    p.after(PERIOD - Times.SECOND).crashes("0#2");
    assertEquals(Rest.NONE, p.slot(0).rest(), "the first end is a period ago");
    p.tickAfter(2 * Times.SECOND).crashes("0#3");
    assertEquals(Rest.FAILED, p.slot(0).rest());
    assertEquals(Rest.NONE, p.slot(1).rest());
  }

  @Test
  void aStableRunStartsTheBackoffAnewButNotThePeriod() {
    PoolDriver p = serving(1, intensity(1)).after(Times.STABLE).crashes("0#1");
    p.serves("0#2").after(Times.STABLE).crashes("0#2");
    assertEquals(Rest.FAILED, p.slot(0).rest());
    assertEquals(PoolState.FAILED, PoolState.of(p.pool()));
  }

  @Test
  void aResetStartsAtOnceAndForgets() {
    PoolDriver p = serving(2, intensity(1));
    p.crashes("0#1").crashes("1#1").tickAfter(Times.SECOND).crashes("0#2").crashes("1#2");
    assertEquals(PoolState.FAILED, PoolState.of(p.pool()));
    p.forget().event(new PoolEvent.Reset(OptionalInt.of(1)));
    assertEquals("1#3 g1 STARTING", p.workers());
    assertEquals(PoolState.DOWN, PoolState.of(p.pool()), "the other one has failed, still");
    p.crashes("1#3").tickAfter(Times.SECOND);
    assertEquals("1#4 g1 STARTING", p.workers(), "the first end of a new count");
    assertEquals(3, p.slot(1).restarts(), "an operator's figure goes on");
    p.event(new PoolEvent.Reset(OptionalInt.empty()));
    assertEquals("0#3 g1 STARTING, 1#4 g1 STARTING", p.workers());
  }

  @Test
  void aResetEndsABackoffAndDoesNothingToTheWell() {
    PoolDriver p = PoolDriver.serving(2, 1).crashes("0#1").forget();
    p.event(new PoolEvent.Reset(OptionalInt.empty()));
    assertEquals("0#2 g1 STARTING, 1#1 g1 READY", p.workers());
    p.forget().event(new PoolEvent.Reset(OptionalInt.empty()));
    assertEquals(List.of(), p.effects());
  }

  @Test
  void aResetIsRefusedWhereThereIsNothingToStart() {
    PoolDriver p = new PoolDriver(2, 1).event(new PoolEvent.Reset(OptionalInt.empty()));
    assertEquals(List.of(new Effect.Refused("pool p has not begun")), p.effects());
    p.event(new PoolEvent.Begin()).serves("0#1").serves("1#1").scale(1).forget();
    p.event(new PoolEvent.Reset(OptionalInt.of(1)));
    assertEquals(List.of(new Effect.Refused("pool p has no slot 1")), p.effects());
    p.stop().forget().event(new PoolEvent.Reset(OptionalInt.of(0)));
    assertEquals(List.of(new Effect.Refused("pool p is stopping")), p.effects());
  }

  @Test
  void aPermanentFailureIsNotTriedAgain() {
    PoolDriver p = serving(1, rules(Policy.ALWAYS));
    p.worker("0#1", WorkerEvent.reaped(Exit.signal(11)));
    assertEquals(Rest.FAILED, p.slot(0).rest());
    assertEquals("killed by SIGSEGV, which is a permanent failure", p.slot(0).lastEnd());
    p.event(new PoolEvent.Reset(OptionalInt.empty()));
    p.worker("0#2", WorkerEvent.reaped(Exit.code(78)));
    assertEquals(PoolState.FAILED, PoolState.of(p.pool()));
  }

  @Test
  void aSignalOfOursIsNoEndByItself() {
    RestartRules rules =
        new RestartRules(Policy.ALWAYS, 0, 0, ExitSet.NONE, new ExitSet(Set.of(), Set.of(9)));
    PoolDriver p = serving(2, rules).worker("0#1", Kind.VIOLATION).crashes("0#1").crashes("1#1");
    assertEquals(Rest.NONE, p.slot(0).rest());
    assertEquals(Rest.FAILED, p.slot(1).rest());
  }

  @Test
  void workDoneIsNoFailureAndNotBegunAgain() {
    PoolDriver p = serving(2, rules(Policy.ON_FAILURE)).exits("0#1").crashes("1#1");
    assertEquals(Rest.DONE, p.slot(0).rest());
    p.tickAfter(Times.SECOND);
    assertEquals("1#2 g1 STARTING", p.workers());
    p.serves("1#2");
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()), "what is done is not missed");
    p.exits("1#2");
    assertEquals(PoolState.IDLE, PoolState.of(p.pool()));
  }

  @Test
  void anExpectedEndIsFollowedByAStartThatDoesNotCount() {
    RestartRules rules = new RestartRules(Policy.ALWAYS, 1, PERIOD, ZERO, ExitSet.NONE);
    PoolDriver p = serving(1, rules);
    for (int run = 1; run < 6; run++) {
      p.exits("0#" + run).tickAfter(Times.SECOND);
    }
    assertEquals("0#6 g1 STARTING", p.workers());
  }

  @Test
  void neverMeansThatAFailureStays() {
    PoolDriver p = serving(2, rules(Policy.NEVER)).crashes("0#1").exits("1#1");
    assertEquals(Rest.FAILED, p.slot(0).rest());
    assertEquals(Rest.DONE, p.slot(1).rest());
    assertEquals(PoolState.FAILED, PoolState.of(p.pool()));
  }

  @Test
  void aRolloutTriesFailedSlotsAnew() {
    PoolDriver p = serving(2, rules(Policy.NEVER)).crashes("0#1").exits("1#1").restart(1);
    p.serves("0#2").serves("1#2");
    assertEquals(List.of("done g2"), p.verdicts());
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
  }

  @Test
  void anEndOfTheNewGenerationTakesTheRolloutBackAndNothingElse() {
    PoolDriver p = serving(2, rules(Policy.NEVER)).restart(1);
    p.worker("0#2", WorkerEvent.reaped(Exit.signal(11)));
    assertEquals(List.of("back g1 by 0#2"), p.verdicts());
    assertEquals("0#1 g1 READY, 1#1 g1 READY", p.workers());
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
  }

  @Test
  void aSlotThatFailsOnTheWayBackHoldsNobodyUp() {
    PoolDriver p = serving(3, rules(Policy.NEVER)).restart(1).serves("0#2").leaves("0#1");
    p.crashes("1#2").crashes("2#1");
    assertEquals(Rest.FAILED, p.slot(2).rest(), "it has served all along");
    p.serves("0#3").leaves("0#2");
    assertEquals(List.of("back g1 by 1#2"), p.verdicts());
    assertEquals(PoolState.DEGRADED, PoolState.of(p.pool()));
  }
}
