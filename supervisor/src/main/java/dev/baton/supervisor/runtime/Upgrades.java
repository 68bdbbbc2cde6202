package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.UpgradeView;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.core.SlotHistory;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.core.WorkerState;
import dev.baton.supervisor.state.PoolMemory;
import dev.baton.supervisor.upgrade.Departure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Has the supervisor become another program: looks for one, waits until nothing is half done, and
 * goes. Only for the loop's thread, but for {@link #last}.
 *
 * <pre>
 *   idle --begin--> looking --ready--> settling --nobody starts--> emptying --all claimed--> gone
 *     ^                |                   |                          |
 *     '----------------'-------------------'-------- failed ----------'
 * </pre>
 */
final class Upgrades {
  private static final Set<WorkerState> COMING =
      EnumSet.of(WorkerState.STARTING, WorkerState.HANDSHAKING);

  /** A worker that takes longer is started again by the program after this one. */
  private static final long LONGEST_SETTLING = TimeUnit.SECONDS.toNanos(30);

  /** What is not claimed by then its worker claims from the program after this one. */
  private static final long LONGEST_EMPTYING = TimeUnit.SECONDS.toNanos(1);

  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);

  private final Surroundings around;
  private final Pools pools;
  private final Reloads reloads;
  private final Departure departure;
  private volatile UpgradeView last;
  private RolloutWatcher watcher;
  private boolean leaving;

  /**
   * @param last how this program came here
   */
  Upgrades(
      Surroundings around, Pools pools, Reloads reloads, Departure departure, UpgradeView last) {
    this.around = around;
    this.pools = pools;
    this.reloads = reloads;
    this.departure = departure;
    this.last = last;
  }

  /** How the last one ended; any thread. */
  UpgradeView last() {
    return last;
  }

  /** Whether nothing new may begin, since this program is about to end. */
  boolean leaving() {
    return leaving;
  }

  /** Begins one, or tells why not. */
  void begin(Optional<Path> to, RolloutWatcher who) {
    Optional<String> obstacle =
        watcher != null ? Optional.of("an upgrade is under way") : obstacle();
    if (obstacle.isPresent()) {
      around.journal().warn("supervisor", "not upgraded: " + obstacle.get());
      who.refused(obstacle.get());
      return;
    }
    watcher = who;
    int number = last.number() + 1;
    last = new UpgradeView(number, Optional.empty());
    departure.prepare(to, number, new Preparing());
  }

  private Optional<String> obstacle() {
    List<String> rolling = reloads.rolling();
    if (!rolling.isEmpty()) {
      return Optional.of("a rollout is under way of pool " + String.join(", ", rolling));
    }
    return reloads.busy() ? Optional.of("a reload is under way") : Optional.empty();
  }

  /** A stop was asked for: there is nothing to upgrade any more. */
  void cancel() {
    departure.cancel();
    if (leaving) {
      failed("the supervisor is stopping", List.of());
    }
  }

  private final class Preparing implements Departure.Told {
    @Override
    public void progress(String text) {
      watcher.progress(text);
    }

    @Override
    public void ready(Departure.Program program) {
      Optional<String> obstacle = obstacle();
      if (obstacle.isPresent()) {
        Upgrades.this.failed(obstacle.get(), List.of());
        return;
      }
      watcher.progress("it can take over: " + program.words());
      leaving = true;
      settle(program, around.loop().now() + LONGEST_SETTLING);
    }

    @Override
    public void failed(String why, List<String> lines) {
      Upgrades.this.failed(why, lines);
    }
  }

  private void later(Runnable next) {
    around
        .loop()
        .timers()
        .at(
            around.loop().now() + LOOK_AGAIN,
            () -> {
              if (leaving) {
                next.run();
              }
            });
  }

  /** A worker that has just been started would have to be started again. */
  private void settle(Departure.Program program, long until) {
    if (around.loop().now() < until && pools.each().stream().anyMatch(Upgrades::comes)) {
      later(() -> settle(program, until));
      return;
    }
    pools.each().forEach(p -> p.standStill(true));
    empty(program, around.loop().now() + LONGEST_EMPTYING);
  }

  private static boolean comes(PoolRuntime pool) {
    return pool.snapshot().pool().slots().stream()
        .flatMap(slot -> slot.workers().stream())
        .map(Worker::state)
        .anyMatch(COMING::contains);
  }

  private void empty(Departure.Program program, long until) {
    if (around.loop().now() < until && !pools.each().stream().allMatch(PoolRuntime::stillEmpty)) {
      later(() -> empty(program, until));
      return;
    }
    Runnable[] goOn = new Runnable[1];
    goOn[0] =
        around.starter().park(() -> around.loop().execute(() -> go(program, () -> goOn[0].run())));
  }

  /** Nothing of this program runs any more but this thread, and what may be asked of it. */
  private void go(Departure.Program program, Runnable goOn) {
    if (!leaving) {
      goOn.run();
      return;
    }
    if (!around.loop().quiet()) { // a signal, say, that has just been read
      around.loop().execute(() -> go(program, goOn));
      return;
    }
    around.journal().info("supervisor", "becomes another program: " + program.words());
    try {
      program.begin(memories());
    } catch (IOException | RuntimeException e) {
      goOn.run();
      failed("this process could not become the other program: " + e.getMessage(), List.of());
    }
  }

  private void failed(String why, List<String> lines) {
    RolloutWatcher told = watcher;
    watcher = null;
    if (leaving) {
      leaving = false;
      pools.each().forEach(p -> p.standStill(false));
    }
    around.journal().warn("supervisor", "not upgraded: " + why);
    Verdict verdict =
        new Verdict(
            false,
            "not upgraded, the program before serves on: " + why,
            0,
            lines,
            Optional.empty());
    last = new UpgradeView(last.number(), Optional.of(verdict));
    told.finished(verdict);
  }

  private List<PoolMemory> memories() {
    long now = around.loop().now();
    List<PoolMemory> all = new ArrayList<>();
    for (PoolRuntime pool : pools.each()) {
      List<PoolMemory.SlotMemory> slots = new ArrayList<>();
      for (Slot slot : pool.snapshot().pool().slots()) {
        if (slot.history().restarts() > 0) {
          slots.add(memory(slot.index(), slot.history(), now));
        }
      }
      all.add(new PoolMemory(pool.config().name(), slots));
    }
    return all;
  }

  private static PoolMemory.SlotMemory memory(int slot, SlotHistory history, long now) {
    return new PoolMemory.SlotMemory(
        slot,
        history.failures(),
        history.looping(),
        history.retryAt() == 0 ? 0 : Math.max(1, history.retryAt() - now),
        history.spareAt() == 0 ? 0 : Math.max(1, history.spareAt() - now),
        history.restarts(),
        history.lastEnd(),
        history.recent().stream().map(then -> now - then).toList(),
        history.rest().name(),
        history.endedAt() == Worker.NONE ? -1 : now - history.endedAt());
  }
}
