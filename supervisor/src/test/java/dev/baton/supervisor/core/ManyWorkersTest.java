package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A pool of the largest size: an event must not cost more than a short look at each slot. */
class ManyWorkersTest {
  private static final int WORKERS = 1000;

  /** Four times what it takes; with a look at all slots for each slot it would be minutes. */
  private static final long MOST_CPU = TimeUnit.SECONDS.toNanos(8);

  private final Queue<PoolEvent> events = new ArrayDeque<>();
  private Pool pool = Pool.create("p", Times.settings(1), WORKERS, 1);
  private boolean over;
  private long now = 1;

  /** Every worker does at once what it is told. */
  private void run(PoolEvent first) {
    events.add(first);
    for (PoolEvent next = events.poll(); next != null; next = events.poll()) {
      Step<Pool> step = PoolMachine.step(pool, next, now++);
      pool = step.state();
      step.effects().forEach(this::answer);
    }
  }

  private void answer(Effect effect) {
    if (effect instanceof Effect.Spawn e) {
      worker(e.worker(), WorkerEvent.of(Kind.SPAWNED));
      worker(e.worker(), WorkerEvent.of(Kind.HELLO));
    } else if (effect instanceof Effect.Start e) {
      worker(e.worker(), WorkerEvent.of(Kind.LOADED));
      worker(e.worker(), WorkerEvent.of(Kind.READY));
    } else if (effect instanceof Effect.SendDrain e) {
      worker(e.worker(), WorkerEvent.of(Kind.DRAINED));
    } else if (effect instanceof Effect.SendStop e) {
      worker(e.worker(), WorkerEvent.reaped(Exit.code(0)));
    } else if (effect instanceof Effect.RolloutOver e) {
      over = e.done();
    }
  }

  private void worker(WorkerId id, WorkerEvent event) {
    events.add(new PoolEvent.OfWorker(id, event));
  }

  @Test
  void theyStartAreReplacedAndStop() {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    run(new PoolEvent.Begin());
    assertEquals(WORKERS, pool.serving());
    run(new PoolEvent.Restart(RolloutPlan.plain(1)));
    assertTrue(over);
    assertEquals(2, pool.generation());
    assertEquals(WORKERS, pool.serving());
    run(new PoolEvent.Stop(false));
    assertEquals(Pool.Phase.STOPPED, pool.phase());
    long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    assertTrue(used < MOST_CPU, () -> used / 1_000_000 + " ms of CPU time");
  }
}
