package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A pool in a made-up world: made-up workers, an operator who is never pleased, and time that jumps
 * from one happening to the next. All that is random comes from the seed.
 */
final class SimWorld {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  /** A healthy worker is ready by then. */
  private static final long HEALTHY_START = 3000 * MILLI;

  private record Happening(long at, long order, Runnable what) {}

  private final Random random;
  private final PriorityQueue<Happening> agenda =
      new PriorityQueue<>(
          Comparator.comparingLong(Happening::at).thenComparingLong(Happening::order));
  private final Map<WorkerId, SimWorker> workers = new HashMap<>();
  private final Map<Integer, Boolean> badGenerations = new HashMap<>();
  private final Invariants invariants = new Invariants();
  private final KillFollows killFollows;
  private final SimTrace trace;
  private final double sickness;
  private boolean healthless = true;
  private long order;
  private long now = 1;
  private long steps;
  private Pool pool;
  private final List<Effect.RolloutOver> verdicts = new ArrayList<>();

  SimWorld(long seed, SimTrace trace) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.trace = trace;
    this.sickness = new double[] {0, 0.1, 0.3, 0.8}[below(4)];
    PoolSettings settings =
        new PoolSettings(
            HEALTHY_START + upTo(20_000),
            upTo(10_000),
            upTo(8_000),
            upTo(3_000),
            below(4),
            below(2) * below(4),
            new Backoff(
                upTo(500),
                500 * MILLI + upTo(10_000),
                1 + below(3),
                chance(0.5) ? 0.5 : 0,
                upTo(30_000)),
            rules(),
            new HeartbeatRules(1, 1, upTo(3_000)));
    this.pool = Pool.create("p", settings, below(5), 1 + below(3));
    this.killFollows = new KillFollows(settings);
    step(new PoolEvent.Begin());
  }

  /** Workers of this world end by signal 9 and exit code 1. */
  private RestartRules rules() {
    return new RestartRules(
        RestartRules.Policy.values()[below(6) > 3 ? below(3) : 0],
        below(2) * below(20),
        1 + upTo(120_000),
        chance(0.2) ? new ExitSet(Set.of(1), Set.of()) : ExitSet.NONE,
        chance(0.1) ? new ExitSet(Set.of(), Set.of(9)) : ExitSet.NONE);
  }

  Pool pool() {
    return pool;
  }

  long now() {
    return now;
  }

  Set<WorkerId> serving() {
    return pool.slots().stream()
        .flatMap(s -> s.first(Worker::serving).stream())
        .map(Worker::id)
        .collect(Collectors.toSet());
  }

  long steps() {
    return steps;
  }

  List<Effect.RolloutOver> verdicts() {
    return verdicts;
  }

  /** Whether workers may still turn sick. */
  boolean healthless() {
    return healthless;
  }

  /** What a patient operator does about slots that have failed. */
  void resetFailed() {
    if (pool.slots().stream().anyMatch(s -> s.goal() == Slot.Goal.RUN && s.rests())) {
      step(new PoolEvent.Reset(OptionalInt.empty()));
    }
    if (pool.rollout().filter(Rollout::paused).isPresent()) {
      step(new PoolEvent.Resume());
    }
  }

  /** From now on every new worker is well, and those that live get no worse. */
  void heal() {
    healthless = false;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean chance(double part) {
    return random.nextDouble() < part;
  }

  private long upTo(int millis) {
    return chance(0.1) ? 0 : below(millis) * MILLI;
  }

  void later(int withinMillis, Runnable what) {
    at(now + 1 + below(withinMillis) * MILLI, what);
  }

  /** When something that is said now is heard at the earliest. */
  long soonest() {
    return now + 1 + below(20) * MILLI;
  }

  void deliver(long at, Supplier<PoolEvent> event) {
    at(at, () -> step(event.get()));
  }

  private void at(long when, Runnable what) {
    agenda.add(new Happening(when, order++, what));
  }

  /** Lets an operator, ghosts of dead workers and a nervous timer loose for a while. */
  void trouble(long seconds) {
    long until = now + seconds * 1000 * MILLI;
    while (now < until) {
      if (chance(0.1)) {
        bother();
      }
      turn(now + 500 * MILLI);
    }
  }

  private void bother() {
    List<WorkerId> all = new ArrayList<>(workers.keySet());
    all.sort(Comparator.comparing(WorkerId::slot).thenComparing(WorkerId::run));
    WorkerId any = all.isEmpty() ? new WorkerId("p", 9, 9) : all.get(below(all.size()));
    switch (below(13)) {
      case 9, 10 -> step(chance(0.5) ? new PoolEvent.Pause() : new PoolEvent.Resume());
      case 11 -> step(chance(0.3) ? new PoolEvent.Abort() : new PoolEvent.Resume());
      case 12 -> step(new PoolEvent.Judged(chance(0.5) ? "" : "slow"));
      case 7, 8 -> step(new PoolEvent.Recycle(any, "old"));
      case 6 ->
          step(new PoolEvent.Reset(chance(0.5) ? OptionalInt.empty() : OptionalInt.of(below(6))));
      case 0, 1 -> step(new PoolEvent.Restart(plan()));
      case 2 -> step(new PoolEvent.Scale(below(6)));
      case 3 -> step(new PoolEvent.OfWorker(any, WorkerEvent.of(Kind.KILL)));
      case 4 -> step(new PoolEvent.Tick());
      default -> {
        if (workers.containsKey(any) && workers.get(any).isGone() && !lives(any)) {
          step(new PoolEvent.OfWorker(any, WorkerEvent.of(Kind.values()[below(15)], "ghost")));
        }
      }
    }
  }

  private RolloutPlan plan() {
    return new RolloutPlan(below(4), below(3), upTo(5_000), chance(0.2));
  }

  private boolean lives(WorkerId id) {
    return pool.slot(id.slot()).flatMap(s -> s.find(id)).isPresent();
  }

  interface Condition {
    boolean holds();
  }

  /** Goes on until something holds; fails when it does not within so many seconds. */
  void until(String what, long seconds, Condition condition) {
    long latest = now + seconds * 1000 * MILLI;
    while (!condition.holds()) {
      assertTrue(now < latest, () -> "not within " + seconds + " s: " + what + "; " + pool);
      turn(latest);
    }
  }

  /** The next happening or deadline, or the limit. */
  private void turn(long limit) {
    long deadline = pool.nextDeadline();
    Happening next = agenda.peek();
    if (next != null && next.at() <= Math.min(deadline, limit)) {
      agenda.remove();
      now = Math.max(now, next.at());
      next.what().run();
    } else if (deadline <= limit) {
      now = Math.max(now, deadline);
      if (chance(0.3)) {
        now += below(50) * MILLI;
      }
      step(new PoolEvent.Tick());
    } else {
      now = limit;
    }
  }

  void step(PoolEvent event) {
    steps++;
    Step<Pool> step = PoolMachine.step(pool, event, now);
    trace.add(now, event, step);
    invariants.check(pool, event, step, now);
    killFollows.check(step, now);
    pool = step.state();
    step.effects().forEach(this::carryOut);
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Spawn e) {
      workers.put(e.worker(), new SimWorker(this, e.worker(), isSick(e.generation())));
    } else if (effect instanceof Effect.Greet e) {
      workers.get(e.worker()).greeted();
    } else if (effect instanceof Effect.Start e) {
      workers.get(e.worker()).started();
    } else if (effect instanceof Effect.Take e) {
      SimWorker spare = workers.remove(e.spare());
      spare.takes(e.worker());
      workers.put(e.worker(), spare);
    } else if (effect instanceof Effect.SendDrain e) {
      workers.get(e.worker()).drain();
    } else if (effect instanceof Effect.SendStop e) {
      workers.get(e.worker()).stop();
    } else if (effect instanceof Effect.Terminate e) {
      workers.get(e.worker()).terminate();
    } else if (effect instanceof Effect.Kill e) {
      workers.get(e.worker()).kill();
    } else if (effect instanceof Effect.RolloutOver e) {
      verdicts.add(e);
    } else if (effect instanceof Effect.Judge) {
      step(new PoolEvent.Judged(healthless && chance(0.3) ? "slow" : ""));
    }
  }

  private boolean isSick(int generation) {
    boolean bad = badGenerations.computeIfAbsent(generation, g -> chance(sickness / 2));
    return healthless && (bad || chance(sickness));
  }
}
