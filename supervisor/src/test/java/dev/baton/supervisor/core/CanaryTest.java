package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The first slots of a rollout are held and judged; operators stop it, and let it go on. */
class CanaryTest {
  private static final long HOLD = 30_000;

  private static PoolDriver rolling(int target, int canary, boolean pause) {
    return PoolDriver.serving(target, 1)
        .event(new PoolEvent.Restart(new RolloutPlan(1, canary, HOLD, pause)));
  }

  private static PoolDriver held() {
    return rolling(3, 1, false).serves("0#2").leaves("0#1");
  }

  private static PoolDriver judged(PoolDriver p, String against) {
    return p.event(new PoolEvent.Judged(against));
  }

  private static List<String> refusals(PoolDriver p) {
    return p.of(Effect.Refused.class).stream().map(Effect.Refused::reason).toList();
  }

  @Test
  void theOthersWaitUntilItHasBeenJudged() {
    PoolDriver p = held();
    assertEquals(List.of("0#2"), p.spawned(), "only the canary");
    assertEquals(0, p.of(Effect.Judge.class).size());
    p.tickAfter(HOLD);
    assertEquals(1, p.of(Effect.Judge.class).size());
    assertEquals(List.of("0#2"), p.spawned(), "nothing is known yet");
    judged(p, "");
    assertEquals(List.of("0#2", "1#2"), p.spawned());
    p.serves("1#2").leaves("1#1").serves("2#2").leaves("2#1");
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void twoCanariesComeUpOneAfterTheOther() {
    PoolDriver p = rolling(3, 2, false).serves("0#2").leaves("0#1");
    assertEquals(Rollout.Stage.CANARY, p.pool().rollout().orElseThrow().stage());
    p.serves("1#2").leaves("1#1");
    assertEquals(Rollout.Stage.HOLD, p.pool().rollout().orElseThrow().stage());
    assertEquals(List.of("0#2", "1#2"), p.spawned());
  }

  @Test
  void aPoolThatIsAllCanaryIsJudgedToo() {
    PoolDriver p = rolling(1, 5, false).serves("0#2").leaves("0#1");
    assertEquals(List.of(), p.verdicts());
    judged(p.tickAfter(HOLD), "");
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void whatSpeaksAgainstItTakesItBackAtOnce() {
    PoolDriver p = judged(held(), "5 % of its requests failed");
    assertEquals(List.of("0#2", "0#3"), p.spawned(), "the old generation again");
    p.serves("0#3").leaves("0#2");
    assertEquals(List.of("back g1"), p.verdicts());
    assertEquals(
        "the canary is worse than the others: 5 % of its requests failed",
        p.of(Effect.RolloutOver.class).get(0).text());
    assertEquals(Worker.NONE, p.pool().nextDeadline());
  }

  @Test
  void itsDeathDuringTheHoldTakesItBack() {
    PoolDriver p = held().crashes("0#2").serves("0#3");
    assertEquals(List.of("back g1 by 0#2"), p.verdicts());
  }

  @Test
  void aVerdictBeforeTheEndOfTheHoldLetsNothingGoOn() {
    PoolDriver p = judged(held(), "");
    assertEquals(List.of("0#2"), p.spawned());
  }

  @Test
  void itPausesAfterTheCanaryAndWaitsForTheOperator() {
    PoolDriver p = rolling(2, 1, true).serves("0#2").leaves("0#1");
    judged(p.tickAfter(HOLD), "");
    assertTrue(p.pool().rollout().orElseThrow().paused());
    assertEquals(List.of("0#2"), p.spawned());
    assertEquals(Worker.NONE, p.pool().nextDeadline());
    p.event(new PoolEvent.Resume()).serves("1#2").leaves("1#1");
    assertEquals(List.of("done g2"), p.verdicts());
  }

  @Test
  void resumeEndsTheHold() {
    PoolDriver p = held().event(new PoolEvent.Resume());
    assertEquals(1, p.of(Effect.Judge.class).size());
    judged(p, "");
    assertEquals(List.of("0#2", "1#2"), p.spawned());
  }

  @Test
  void aPauseLetsWhatHasBegunComeToItsEnd() {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1).event(new PoolEvent.Pause());
    p.serves("0#2").leaves("0#1");
    assertEquals(List.of("0#2"), p.spawned());
    p.event(new PoolEvent.Resume());
    assertEquals(List.of("0#2", "1#2"), p.spawned());
  }

  @Test
  void anAbortGoesBackWithoutAFailure() {
    PoolDriver p = held().event(new PoolEvent.Abort()).serves("0#3").leaves("0#2");
    assertEquals(List.of("back g1"), p.verdicts());
    assertEquals("aborted by the operator", p.of(Effect.RolloutOver.class).get(0).text());
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    PoolDriver p = PoolDriver.serving(1, 1);
    p.event(new PoolEvent.Pause()).event(new PoolEvent.Resume()).event(new PoolEvent.Abort());
    p.restart(1).event(new PoolEvent.Resume()).event(new PoolEvent.Pause());
    p.event(new PoolEvent.Pause()).event(new PoolEvent.Abort()).event(new PoolEvent.Abort());
    assertEquals(
        List.of(
            "no rollout of pool p is under way",
            "no rollout of pool p is under way",
            "no rollout of pool p is under way",
            "the rollout of pool p is not paused",
            "the rollout of pool p is paused",
            "the rollout of pool p is being taken back already"),
        refusals(p));
  }
}
