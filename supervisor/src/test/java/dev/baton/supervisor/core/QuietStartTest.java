package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which starts leave the CPUs to others, since they will probably come to nothing. */
class QuietStartTest {

  private static List<Boolean> quiet(PoolDriver p) {
    return p.of(Effect.Spawn.class).stream().map(Effect.Spawn::quiet).toList();
  }

  @Test
  void theFirstEndOfOneThatServedIsMadeGoodInHasteAndTheNextIsNot() {
    PoolDriver p = PoolDriver.serving(1, 1);
    p.crashes("0#1").tickAfter(Times.SECOND).serves("0#2");
    assertEquals(List.of(false), quiet(p));
    p.crashes("0#2").tickAfter(2 * Times.SECOND);
    assertEquals(List.of(false, true), quiet(p));
  }

  @Test
  void whatDidNotComeToServeIsTriedAgainQuietlyUntilOneServesForLong() {
    PoolDriver p = new PoolDriver(1, 1);
    p.event(new PoolEvent.Begin()).crashes("0#1").tickAfter(Times.SECOND);
    p.crashes("0#2").tickAfter(2 * Times.SECOND);
    assertEquals(List.of(false, true, true), quiet(p));
    p.serves("0#3").after(1000 * Times.SECOND).crashes("0#3").tick();
    assertEquals(List.of(false, true, true, false), quiet(p));
  }

  @Test
  void anOperatorWaitsForNothing() {
    PoolDriver p = new PoolDriver(1, 1);
    p.event(new PoolEvent.Begin()).worker("0#1", Kind.SPAWN_FAILED);
    p.event(new PoolEvent.Reset(OptionalInt.empty()));
    assertEquals(List.of(false, false), quiet(p));
    p.worker("0#2", Kind.SPAWN_FAILED).restart(1).tick();
    assertEquals(List.of(false, false, false), quiet(p), "another generation has not failed yet");
  }
}
