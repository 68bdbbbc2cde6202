package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ticks before, at and after deadlines. */
class DeadlineTest {
  @Test
  void tooEarlyChangesNothing() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).worker("0#1", Kind.SPAWNED);
    p.forget().after(Times.START - 1).tick();
    assertEquals("0#1 g1 STARTING", p.workers());
    assertEquals(List.of(), p.effects());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_000_000_000_000L})
  void onTimeOrLateItCounts(long late) {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).worker("0#1", Kind.SPAWNED);
    p.after(Times.START + late).tick();
    assertEquals("0#1 g1 KILLING", p.workers());
    assertEquals(p.now() + Times.TERM, p.pool().nextDeadline());
  }

  @Test
  void helloDoesNotMoveTheDeadlineOfTheStart() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).worker("0#1", Kind.SPAWNED);
    p.after(Times.SECOND).worker("0#1", Kind.HELLO).tickAfter(Times.START - Times.SECOND);
    assertEquals("0#1 g1 KILLING", p.workers());
  }

  @Test
  void whoIgnoresEverythingIsKilledAgainAndAgain() {
    PoolDriver p = PoolDriver.serving(1, 1).scale(0).forget();
    WorkerId id = PoolDriver.id("0#1");
    p.tickAfter(Times.DRAIN).tickAfter(Times.STOP).tickAfter(Times.TERM);
    p.tickAfter(Times.KILL_AGAIN).tickAfter(Times.KILL_AGAIN);
    long asked = 1 + Times.DRAIN + Times.STOP;
    List<Effect> actions = p.effects().stream().filter(e -> !(e instanceof Effect.Note)).toList();
    assertEquals(
        List.of(
            new Effect.SendStop(id, asked),
            new Effect.Terminate(id),
            new Effect.Kill(id),
            new Effect.Kill(id),
            new Effect.Kill(id)),
        actions);
  }

  @Test
  void aStartThatWaitsForItsTurnIsNotLate() {
    PoolDriver p = new PoolDriver(1, 1).event(new PoolEvent.Begin()).after(10 * Times.START);
    p.tick().worker("0#1", Kind.SPAWNED).after(Times.START - 1).tick();
    assertEquals("0#1 g1 STARTING", p.workers());
    p.after(1).tick();
    assertEquals("0#1 g1 KILLING", p.workers());
  }

  @Test
  void oneTickServesManyWorkers() {
    PoolDriver p = new PoolDriver(3, 1).event(new PoolEvent.Begin());
    List.of("0#1", "1#1", "2#1").forEach(w -> p.worker(w, Kind.SPAWNED));
    p.after(Times.START).forget().tick();
    assertEquals(3, p.of(Effect.Terminate.class).size());
  }

  @Test
  void aBackoffEndsOnTimeAndNotEarlier() {
    PoolDriver p = PoolDriver.serving(1, 1).crashes("0#1").after(Times.SECOND - 1).tick();
    assertEquals("", p.workers());
    p.after(1).tick();
    assertEquals("0#2 g1 STARTING", p.workers());
  }

  @Test
  void aBackoffThatEndsWhileThePlaceIsFullDoesNotKeepTheLoopAwake() {
    PoolDriver p = PoolDriver.serving(1, 0).after(1).restart(1).serves("0#2").crashes("0#2");
    p.crashes("0#3");
    assertEquals("0#1 g1 DRAINING", p.workers(), "without surge the next one waits for it");
    p.after(2 * Times.SECOND).tick().leaves("0#1");
    assertEquals("0#4 g1 STARTING", p.workers());
  }

  @Test
  void timeoutsOfNothingAreFollowedOneByOne() {
    PoolSettings none =
        new PoolSettings(
            0,
            0,
            0,
            0,
            1,
            0,
            new Backoff(0, 0, 1, 0, 0),
            RestartRules.ENDLESS,
            HeartbeatRules.NEVER);
    PoolDriver p = new PoolDriver(Pool.create("p", none, 1, 1)).event(new PoolEvent.Begin());
    p.worker("0#1", Kind.SPAWNED).tick().tick();
    assertEquals(1, p.of(Effect.Kill.class).size());
    assertEquals(p.now() + Times.KILL_AGAIN, p.pool().nextDeadline());
  }
}
