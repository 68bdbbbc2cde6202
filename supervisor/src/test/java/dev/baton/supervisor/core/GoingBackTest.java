package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A new generation that turns bad: the old one serves again, and the verdict says so once. */
class GoingBackTest {
  /** How a new worker ends by itself, from its spawning to its reaping. */
  private enum Bad {
    SPAWN_FAILS {
      @Override
      void happens(PoolDriver p, String worker) {
        p.worker(worker, Kind.SPAWN_FAILED);
      }
    },
    EXITS {
      @Override
      void happens(PoolDriver p, String worker) {
        p.worker(worker, Kind.SPAWNED).worker(worker, Kind.HELLO).crashes(worker);
      }
    },
    NEVER_READY {
      @Override
      void happens(PoolDriver p, String worker) {
        p.worker(worker, Kind.SPAWNED).tickAfter(Times.START).tickAfter(Times.TERM);
        p.crashes(worker);
      }
    },
    VIOLATES {
      @Override
      void happens(PoolDriver p, String worker) {
        p.worker(worker, Kind.SPAWNED).worker(worker, Kind.VIOLATION).crashes(worker);
      }
    },
    FAILS {
      @Override
      void happens(PoolDriver p, String worker) {
        p.worker(worker, Kind.SPAWNED).worker(worker, Kind.HELLO).worker(worker, Kind.FAILED);
        p.exits(worker);
      }
    };

    abstract void happens(PoolDriver p, String worker);
  }

  static List<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (Bad bad : Bad.values()) {
      for (int slot = 0; slot < 3; slot++) {
        all.add(Arguments.of(bad, slot));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void startFirst(Bad bad, int slot) {
    PoolDriver p = PoolDriver.serving(3, 1).restart(1);
    for (int i = 0; i < slot; i++) {
      p.serves(i + "#2").leaves(i + "#1");
    }
    bad.happens(p, slot + "#2");
    for (int i = 0; i < slot; i++) {
      assertTrue(p.verdicts().isEmpty(), "not restored yet");
      assertEquals(3, p.pool().serving());
      p.serves(i + "#3").leaves(i + "#2");
    }
    assertEquals(List.of("back g1 by " + slot + "#2"), p.verdicts());
    assertEquals(1, p.pool().generation());
    assertEquals(3, p.pool().serving());
    assertTrue(p.pool().slots().stream().allMatch(s -> s.generation() == 1));
    assertTrue(p.of(Effect.RolloutOver.class).get(0).text().startsWith("p/" + slot + "#2: "));
    assertEquals(0, p.slot(slot).failures(), "the old generation has not failed");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void stopFirst(Bad bad, int slot) {
    PoolDriver p = PoolDriver.serving(3, 0).restart(0);
    for (int i = 0; i < slot; i++) {
      p.leaves(i + "#1").serves(i + "#2");
    }
    p.leaves(slot + "#1");
    bad.happens(p, slot + "#2");
    assertEquals(2, p.pool().serving());
    p.serves(slot + "#3");
    for (int i = 0; i < slot; i++) {
      assertEquals(2, p.pool().serving());
      p.leaves(i + "#2").serves(i + "#3");
    }
    assertEquals(List.of("back g1 by " + slot + "#2"), p.verdicts());
    assertEquals(3, p.pool().serving());
  }

  @Test
  void withTwoAtATimeBothGoBackAtOnce() {
    PoolDriver p = PoolDriver.serving(3, 2).restart(2).worker("1#2", Kind.SPAWNED).crashes("0#2");
    assertEquals("0#1 g1 READY, 1#1 g1 READY, 1#2 g2 KILLING, 2#1 g1 READY", p.workers());
    p.crashes("1#2");
    assertEquals(List.of("back g1 by 0#2"), p.verdicts());
    assertEquals(0, p.slot(1).restarts(), "it was told to leave");
  }

  @Test
  void alsoWhenAReplacedSlotCrashesLater() {
    PoolDriver p = PoolDriver.serving(2, 1).restart(1).serves("0#2").leaves("0#1");
    p.after(Times.STABLE).crashes("0#2");
    assertEquals("0#3 g1 STARTING, 1#1 g1 READY, 1#2 g2 KILLING", p.workers());
    p.serves("0#3").crashes("1#2");
    assertEquals(List.of("back g1 by 0#2"), p.verdicts());
  }

  @Test
  void aServedSlotThatCrashesOnTheWayBackGoesBackAtOnce() {
    PoolDriver p = PoolDriver.serving(3, 1).restart(1);
    p.serves("0#2").leaves("0#1").serves("1#2").leaves("1#1").crashes("2#2");
    assertEquals("0#2 g2 READY, 0#3 g1 STARTING, 1#2 g2 READY, 2#1 g1 READY", p.workers());
    p.crashes("1#2");
    assertEquals(
        "0#2 g2 READY, 0#3 g1 STARTING, 1#3 g1 STARTING, 2#1 g1 READY",
        p.workers(),
        "the new generation is not started again");
    p.serves("1#3").serves("0#3").leaves("0#2");
    assertEquals(List.of("back g1 by 2#2"), p.verdicts());
  }

  @Test
  void aSlotWhoseOldWorkerStillDrainsWaitsForItToGoBack() {
    PoolDriver p = PoolDriver.serving(2, 2).restart(2).serves("0#2").crashes("1#2");
    assertEquals("0#1 g1 DRAINING, 0#2 g2 READY, 1#1 g1 READY", p.workers());
    p.leaves("0#1");
    assertEquals("0#2 g2 READY, 0#3 g1 STARTING, 1#1 g1 READY", p.workers());
    p.serves("0#3").leaves("0#2");
    assertEquals(List.of("back g1 by 1#2"), p.verdicts());
  }

  @Test
  void anOldWorkerThatHasServedAllAlongMayCrashOnTheWayBack() {
    PoolDriver p = PoolDriver.serving(3, 1).after(Times.SECOND).restart(1);
    p.serves("0#2").leaves("0#1").after(Times.STABLE).crashes("1#2").crashes("2#1");
    assertEquals("0#2 g2 READY, 0#3 g1 STARTING, 1#1 g1 READY, 2#2 g1 STARTING", p.workers());
    assertTrue(p.verdicts().isEmpty(), "a crash is not a failed start");
    p.serves("2#2").serves("0#3").leaves("0#2");
    assertEquals(List.of("back g1 by 1#2"), p.verdicts());
  }

  @Test
  void whenGoingBackFailsTooWhoeverServesServesOn() {
    PoolDriver p = PoolDriver.serving(2, 1).after(Times.SECOND).restart(1);
    p.serves("0#2").leaves("0#1").crashes("1#2").crashes("0#3");
    assertEquals(List.of("back g1 by 1#2"), p.verdicts());
    String text = p.of(Effect.RolloutOver.class).get(0).text();
    assertTrue(text.contains("; going back failed too: p/0#3: killed by SIGKILL"), text);
    assertEquals("0#2 g2 READY, 1#1 g1 READY", p.workers());
    assertEquals(2, p.pool().serving());
    p.tickAfter(Times.SECOND).serves("0#4").leaves("0#2");
    assertEquals("0#4 g1 READY, 1#1 g1 READY", p.workers(), "it was tried again meanwhile");
    assertEquals(1, p.verdicts().size());
  }

  @Test
  void afterAFailedWayBackTheRestFollowsOnceTheOldGenerationStartsAgain() {
    PoolDriver p = PoolDriver.serving(3, 1).after(Times.SECOND).restart(1);
    p.serves("0#2").leaves("0#1").serves("1#2").leaves("1#1").crashes("2#2").crashes("0#3");
    assertEquals("0#2 g2 READY, 1#2 g2 READY, 2#1 g1 READY", p.workers());
    p.tickAfter(Times.SECOND).serves("0#4");
    assertEquals("0#2 g2 DRAINING, 0#4 g1 READY, 1#2 g2 READY, 2#1 g1 READY", p.workers());
    p.leaves("0#2").serves("1#3").leaves("1#2");
    assertEquals("0#4 g1 READY, 1#3 g1 READY, 2#1 g1 READY", p.workers());
  }

  @Test
  void afterAFailedWayBackANewRolloutIsWelcome() {
    PoolDriver p = PoolDriver.serving(2, 1).after(Times.SECOND).restart(1);
    p.serves("0#2").leaves("0#1").crashes("1#2").crashes("0#3").restart(1);
    p.serves("0#4").leaves("0#2").serves("1#3").leaves("1#1");
    assertEquals(List.of("back g1 by 1#2", "done g3"), p.verdicts());
    assertEquals("0#4 g3 READY, 1#3 g3 READY", p.workers());
  }

  @Test
  void stopFirstFailsBothWays() {
    PoolDriver p = PoolDriver.serving(1, 0).after(Times.SECOND).restart(0);
    p.leaves("0#1").crashes("0#2").crashes("0#3");
    assertEquals(List.of("back g1 by 0#2"), p.verdicts());
    assertEquals(PoolState.DOWN, PoolState.of(p.pool()));
    p.tickAfter(Times.SECOND).serves("0#4");
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
  }
}
