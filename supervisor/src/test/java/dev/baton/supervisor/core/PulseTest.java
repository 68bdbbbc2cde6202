package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import org.junit.jupiter.api.Test;

/** Who is taken for hung, and what follows. */
class PulseTest {
  private static final HeartbeatRules RULES = new HeartbeatRules(5 * Times.SECOND, 3, Times.SECOND);

  @Test
  void onlyBeatsInARowCount() {
    Pulse two = Pulse.WELL.beat(false, false).beat(false, false);
    assertFalse(RULES.hung(two));
    assertTrue(RULES.hung(two.beat(false, false)));
    assertFalse(RULES.hung(two.beat(true, false).beat(false, false)));
  }

  @Test
  void whoeverWasLateItselfForgives() {
    assertFalse(RULES.forgives(10 * Times.SECOND), "late by one beat and no more");
    assertTrue(RULES.forgives(10 * Times.SECOND + 1));
    Pulse two = Pulse.WELL.beat(false, false).beat(false, false);
    assertEquals(Pulse.WELL, two.beat(false, true));
  }

  @Test
  void noneMissedMeansNever() {
    assertFalse(HeartbeatRules.NEVER.hung(new Pulse(Integer.MAX_VALUE)));
  }

  @Test
  void aHungWorkerIsAskedForADumpThenTerminatedThenKilled() {
    PoolDriver p = PoolDriver.serving(1, 1).worker("0#1", Kind.HUNG);
    assertEquals("0#1 g1 HUNG", p.workers());
    assertEquals(0, p.pool().serving());
    WorkerId id = PoolDriver.id("0#1");
    assertEquals(1, p.of(Effect.DumpThreads.class).size());
    p.tickAfter(Times.DUMP);
    assertTrue(p.effects().contains(new Effect.Terminate(id)));
    p.tickAfter(Times.TERM);
    assertTrue(p.effects().contains(new Effect.Kill(id)));
    p.crashes("0#1").tickAfter(Times.SECOND);
    assertEquals("0#2 g1 STARTING", p.workers());
    assertEquals("because; killed by SIGKILL", p.slot(0).lastEnd());
  }

  @Test
  void onlyWhoServesCanHang() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).worker("0#1", Kind.HUNG);
    assertEquals("0#1 g1 STARTING", p.workers());
    p.serves("0#1").scale(0).worker("0#1", Kind.HUNG);
    assertEquals("0#1 g1 DRAINING", p.workers(), "its drain has a deadline of its own");
  }
}
