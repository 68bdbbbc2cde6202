package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.BackoffConfig;
import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.DispatchConfig;
import dev.baton.supervisor.config.JvmConfig;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.PoolLogConfig;
import dev.baton.supervisor.config.StartMode;
import dev.baton.supervisor.config.SupervisionConfig;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.PoolMachine;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** When a pool that starts on demand wakes and sleeps. */
class OnDemandTest {
  private static final long IDLE = Duration.ofMinutes(5).toNanos();
  private static final PoolConfig CONFIG =
      new PoolConfig(
          "p",
          Optional.empty(),
          List.of(),
          1,
          List.of(),
          List.of(),
          Map.of(),
          JvmConfig.DEFAULTS,
          Map.of(),
          Optional.empty(),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          1,
          0,
          BackoffConfig.DEFAULTS,
          StartMode.ON_DEMAND,
          Duration.ofNanos(IDLE),
          DispatchConfig.DEFAULTS,
          SupervisionConfig.DEFAULTS,
          OpenPolicyConfig.NONE,
          Optional.empty(),
          Optional.empty(),
          ConfinementConfig.NONE,
          PoolLogConfig.DEFAULTS);

  private final OnDemand onDemand = new OnDemand(CONFIG);
  private Pool pool = Pool.create("p", CoreSettings.of(CONFIG), onDemand.first(), 1);

  private void step(PoolEvent event, long now) {
    pool = PoolMachine.step(pool, event, now).state();
  }

  private void serves(int run, long now) {
    WorkerId worker = new WorkerId("p", 0, run);
    for (WorkerEvent.Kind kind :
        List.of(WorkerEvent.Kind.SPAWNED, WorkerEvent.Kind.HELLO, WorkerEvent.Kind.READY)) {
      step(new PoolEvent.OfWorker(worker, WorkerEvent.of(kind)), now);
    }
  }

  @Test
  void wakesWhenSomebodyConnectsAndOnlyThen() {
    assertEquals(OptionalInt.empty(), onDemand.wake(pool));
    step(new PoolEvent.Begin(), 1);
    assertEquals(OptionalInt.of(1), onDemand.wake(pool));
    step(new PoolEvent.Scale(1), 1);
    assertEquals(OptionalInt.empty(), onDemand.wake(pool));
  }

  @Test
  void staysAsleepWhenAnOperatorWantsNoWorker() {
    step(new PoolEvent.Begin(), 1);
    onDemand.scaled(0);
    assertEquals(OptionalInt.empty(), onDemand.wake(pool));
  }

  @Test
  void whoWasStartedOnlyNowStaysAlthoughNobodyConnectedForLong() {
    long now = 100 * IDLE;
    step(new PoolEvent.Begin(), 1);
    step(new PoolEvent.Scale(1), now);
    serves(1, now);
    assertFalse(onDemand.sleeps(pool, now, now + IDLE - 1));
    assertFalse(onDemand.sleeps(pool, IDLE - 1, now + IDLE));
    assertTrue(onDemand.sleeps(pool, IDLE, now + IDLE));
  }
}
