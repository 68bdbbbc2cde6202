package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers that end by themselves, without a rollout. */
class CrashTest {
  @Test
  void theDelayGrowsToItsCapAndAStableRunEndsIt() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin());
    int run = 1;
    for (int seconds : new int[] {1, 2, 4, 8, 8}) {
      p.crashes("0#" + run++);
      assertEquals("", p.workers());
      p.tickAfter(seconds * Times.SECOND);
    }
    p.serves("0#" + run).after(Times.STABLE).crashes("0#" + run);
    assertEquals("0#7 g1 STARTING", p.workers(), "at once");
    assertEquals(0, p.slot(0).failures());
    assertEquals(6, p.slot(0).restarts());
    p.crashes("0#7").tickAfter(Times.SECOND);
  }

  @Test
  void aRunIsStableFromItsTimeAsReadyOn() {
    PoolDriver p = PoolDriver.serving(1, 1).after(Times.STABLE - 1).crashes("0#1");
    assertEquals("", p.workers());
    p.tickAfter(Times.SECOND).after(Times.STABLE).serves("0#2").crashes("0#2");
    assertEquals(2, p.slot(0).failures(), "it started slowly, which is no stable run");
  }

  @Test
  void slotsCountForThemselves() {
    PoolDriver p = PoolDriver.serving(2, 1).crashes("0#1").tickAfter(Times.SECOND).crashes("0#2");
    p.crashes("1#1");
    assertEquals(2, p.slot(0).failures());
    assertEquals(1, p.slot(1).failures());
    p.tickAfter(Times.SECOND);
    assertEquals("1#2 g1 STARTING", p.workers());
    p.tickAfter(Times.SECOND);
    assertEquals("0#3 g1 STARTING, 1#2 g1 STARTING", p.workers());
  }

  @Test
  void aWorkerThatFailsIsReplacedOnceItIsGone() {
    PoolDriver p = PoolDriver.serving(1, 1).after(Times.STABLE).worker("0#1", Kind.FAILED);
    assertEquals("0#1 g1 STOPPING", p.workers());
    p.exits("0#1");
    assertEquals("0#2 g1 STARTING", p.workers());
    assertEquals("because; exit code 0", p.slot(0).lastEnd());
  }

  @Test
  void aWorkerThatIsToldToLeaveDoesNotFail() {
    PoolDriver p = PoolDriver.serving(1, 1).scale(0).crashes("0#1");
    assertEquals(0, p.slot(0).failures());
    assertEquals(0, p.slot(0).restarts());
    assertEquals("", p.slot(0).lastEnd());
  }

  @Test
  void thePoolSaysHowItIs() {
    PoolDriver p = new PoolDriver(2, 1);
    assertEquals(PoolState.STARTING, PoolState.of(p.pool()));
    p.event(new PoolEvent.Begin()).serves("0#1");
    assertEquals(PoolState.STARTING, PoolState.of(p.pool()));
    p.crashes("1#1");
    assertEquals(PoolState.DEGRADED, PoolState.of(p.pool()));
    p.crashes("0#1");
    assertEquals(PoolState.DOWN, PoolState.of(p.pool()));
    p.tickAfter(Times.SECOND).serves("0#2").serves("1#2");
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
    p.scale(3);
    assertEquals(PoolState.STARTING, PoolState.of(p.pool()), "an old crash is forgotten");
    p.stop();
    assertEquals(PoolState.STOPPING, PoolState.of(p.pool()));
  }

  @Test
  void warningsAreForWhatNobodyAskedFor() {
    PoolDriver p = PoolDriver.serving(1, 1).forget().scale(0).leaves("0#1");
    assertTrue(p.of(Effect.Note.class).stream().allMatch(n -> n.kind() == Effect.Note.Kind.INFO));
    p.scale(1).serves("0#2").forget().crashes("0#2");
    assertEquals(
        List.of(new Effect.Note(Effect.Note.Kind.WARNING, "p/0#2", "exited: killed by SIGKILL")),
        p.effects());
  }
}
