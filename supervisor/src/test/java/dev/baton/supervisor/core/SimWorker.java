package dev.baton.supervisor.core;

import dev.baton.supervisor.core.WorkerEvent.Kind;

/**
 * A made-up worker process with its own idea of how to behave. What it says arrives late, but in
 * order, and its end last: as on a real channel that is read to its end before the process is
 * reaped.
 */
final class SimWorker {
  private final SimWorld world;
  private WorkerId id;
  private final boolean sick;
  private boolean alive;
  private boolean gone;
  private boolean loaded;
  private boolean started;
  private int killsNeeded = 1;
  private long lastArrival;

  /**
   * @param sick whether it may do anything at all; else it is quick and obedient
   */
  SimWorker(SimWorld world, WorkerId id, boolean sick) {
    this.world = world;
    this.id = id;
    this.sick = sick;
    world.later(200, this::begin);
  }

  boolean isGone() {
    return gone;
  }

  private boolean doesWrong() {
    return sick && world.healthless() && world.chance(0.25);
  }

  private void begin() {
    if (doesWrong()) {
      gone = true;
      arrives(WorkerEvent.of(Kind.SPAWN_FAILED, "no such file"));
      return;
    }
    alive = true;
    if (sick && world.chance(0.2)) {
      killsNeeded = 1 + world.below(3);
    }
    says(Kind.SPAWNED);
    if (sick) {
      world.later(60_000, this::misfortune);
    }
    soon(this::hello);
  }

  private void hello() {
    if (!doesWrong()) {
      says(Kind.HELLO);
    }
  }

  void greeted() {
    soon(
        () -> {
          loaded = !doesWrong();
          if (loaded) {
            says(Kind.LOADED);
            readyOnceStarted();
          }
        });
  }

  void started() {
    started = true;
    readyOnceStarted();
  }

  private void readyOnceStarted() {
    if (loaded && started) {
      soon(
          () -> {
            if (!doesWrong()) {
              says(Kind.READY);
            }
          });
    }
  }

  /** What it says from now on is heard as that of the slot's worker. */
  void takes(WorkerId slot) {
    id = slot;
  }

  void drain() {
    if (!doesWrong()) {
      soon(() -> says(Kind.DRAINED));
    }
  }

  void stop() {
    if (!doesWrong()) {
      soon(this::dies);
    }
  }

  void terminate() {
    if (alive && !doesWrong()) {
      soon(this::dies);
    }
  }

  void kill() {
    if (alive && --killsNeeded <= 0) {
      soon(this::dies);
    }
  }

  /** Something bad at any time of its life. */
  private void misfortune() {
    if (!world.healthless()) {
      return;
    }
    switch (world.below(8)) {
      case 6 -> says(Kind.HUNG);
      case 0, 1 -> dies();
      case 2 -> says(Kind.VIOLATION);
      case 3 -> says(Kind.CHANNEL_ENDED);
      case 4 -> {
        says(Kind.FAILED);
        soon(this::dies);
      }
      case 5 -> says(Kind.values()[Kind.HELLO.ordinal() + world.below(3)]);
      default -> says(Kind.DRAINED);
    }
  }

  private void dies() {
    if (!alive) {
      return;
    }
    if (world.chance(0.5)) {
      says(Kind.CHANNEL_ENDED);
    }
    alive = false;
    gone = true;
    arrives(WorkerEvent.reaped(world.chance(0.5) ? Exit.signal(9) : Exit.code(1)));
  }

  private void soon(Runnable what) {
    world.later(sick ? 5_000 : 900, what);
  }

  private void says(Kind kind) {
    if (alive) {
      arrives(WorkerEvent.of(kind, "sim"));
    }
  }

  private void arrives(WorkerEvent event) {
    lastArrival = Math.max(lastArrival, world.soonest());
    world.deliver(lastArrival, () -> new PoolEvent.OfWorker(id, event));
  }
}
