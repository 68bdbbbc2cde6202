package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A pool called {@code p} on a clock that the test moves. Workers are named {@code SLOT#RUN}. Every
 * step is checked against the {@link Invariants}.
 */
final class PoolDriver {
  private final List<Effect> effects = new ArrayList<>();
  private final Invariants invariants = new Invariants();
  private Pool pool;
  private long now = 1;

  PoolDriver(int target, int surge) {
    this(Pool.create("p", Times.settings(surge), target, 1));
  }

  PoolDriver(Pool pool) {
    this.pool = pool;
  }

  /** A pool whose workers all serve, as runs 1. */
  static PoolDriver serving(int target, int surge) {
    PoolDriver driver = new PoolDriver(target, surge);
    driver.event(new PoolEvent.Begin());
    for (int slot = 0; slot < target; slot++) {
      driver.serves(slot + "#1");
    }
    driver.effects.clear();
    return driver;
  }

  Pool pool() {
    return pool;
  }

  long now() {
    return now;
  }

  /** All effects since the start, or since {@link #forget}. */
  List<Effect> effects() {
    return effects;
  }

  PoolDriver forget() {
    effects.clear();
    return this;
  }

  PoolDriver event(PoolEvent event) {
    Pool before = pool;
    Step<Pool> step = PoolMachine.step(pool, event, now);
    pool = step.state();
    effects.addAll(step.effects());
    invariants.check(before, event, step, now);
    return this;
  }

  PoolDriver restart(int surge) {
    return event(new PoolEvent.Restart(RolloutPlan.plain(surge)));
  }

  PoolDriver scale(int target) {
    return event(new PoolEvent.Scale(target));
  }

  PoolDriver stop() {
    return event(new PoolEvent.Stop(false));
  }

  PoolDriver worker(String name, Kind kind) {
    return worker(name, WorkerEvent.of(kind, "because"));
  }

  PoolDriver worker(String name, WorkerEvent event) {
    return event(new PoolEvent.OfWorker(id(name), event));
  }

  PoolDriver serves(String name) {
    return worker(name, Kind.SPAWNED).worker(name, Kind.HELLO).worker(name, Kind.READY);
  }

  PoolDriver exits(String name) {
    return worker(name, WorkerEvent.reaped(Exit.code(0)));
  }

  PoolDriver crashes(String name) {
    return worker(name, WorkerEvent.reaped(Exit.signal(9)));
  }

  /** A spare that has come to wait. */
  PoolDriver waits(String name) {
    return worker(name, Kind.SPAWNED).worker(name, Kind.HELLO).worker(name, Kind.LOADED);
  }

  /** An orderly leave: it drains, is asked to stop, and exits. */
  PoolDriver leaves(String name) {
    assertEquals(WorkerState.DRAINING, find(name).state(), () -> name + " in " + workers());
    return worker(name, Kind.DRAINED).exits(name);
  }

  PoolDriver after(long time) {
    now += time;
    return this;
  }

  PoolDriver tick() {
    return event(new PoolEvent.Tick());
  }

  /** Goes to the next deadline, which must be as far away as the test says. */
  PoolDriver tickAfter(long time) {
    assertEquals(time, pool.nextDeadline() - now, "until the next deadline");
    return after(time).tick();
  }

  Worker find(String name) {
    WorkerId id = id(name);
    return pool.places().stream()
        .flatMap(s -> s.workers().stream())
        .filter(w -> w.id().equals(id))
        .findFirst()
        .orElseGet(() -> fail("no worker " + name + " among " + workers()));
  }

  Slot slot(int index) {
    return pool.slot(index).orElseThrow();
  }

  /** All workers by slot: {@code "0#1 g1 READY, 0#2 g2 STARTING"}. */
  String workers() {
    return pool.places().stream()
        .flatMap(s -> s.workers().stream())
        .map(w -> name(w.id()) + " g" + w.generation() + " " + w.state())
        .collect(Collectors.joining(", "));
  }

  List<String> spawned() {
    return of(Effect.Spawn.class).stream().map(e -> name(e.worker())).toList();
  }

  /** The verdicts in words: {@code "done g2"} or {@code "back g1 by 0#2"}. */
  List<String> verdicts() {
    return of(Effect.RolloutOver.class).stream()
        .map(
            v ->
                (v.done() ? "done g" : "back g")
                    + v.generation()
                    + v.failed().map(f -> " by " + name(f)).orElse(""))
        .toList();
  }

  <E> List<E> of(Class<E> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  static WorkerId id(String name) {
    String[] parts = name.split("#");
    return new WorkerId("p", Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  private static String name(WorkerId id) {
    return id.slot() + "#" + id.run();
  }
}
