package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.UpgradeView;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolState;
import dev.baton.supervisor.dispatch.Dispatcher;
import dev.baton.supervisor.process.Strangers;
import dev.baton.supervisor.store.GuardFinding;
import dev.baton.supervisor.store.HeldListener;
import dev.baton.supervisor.systemd.ServiceLife;
import dev.baton.supervisor.upgrade.Departure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All pools on one loop, and what is done for all of them now and then. The loop ends when a stop
 * was asked for and no worker is left.
 */
public final class SupervisorLoop {
  private static final long LOG_PERIOD = TimeUnit.SECONDS.toNanos(2);
  private static final long STRANGERS_PERIOD = TimeUnit.SECONDS.toNanos(1);
  private static final long SERVICE_PERIOD = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long GUARD_PERIOD = TimeUnit.SECONDS.toNanos(1);

  private final Surroundings around;
  private final ServiceLife service;
  private final Pools pools;
  private final Upgrades upgrades;
  private final OperatorDesk desk;
  private volatile List<HeldListener> listeners;
  private boolean stopping;

  /**
   * @param earlier what an earlier supervisor has left, by pool
   * @param source where the configuration is read again
   * @param service whom a service manager knows
   * @param departure how to become another program
   * @param upgraded how this program came here
   * @throws IOException when the logs of earlier runs cannot be looked through, or the system has
   *     no descriptors left
   */
  public SupervisorLoop(
      Surroundings around,
      BatonConfig config,
      Map<String, EarlierPool> earlier,
      ConfigSource source,
      ServiceLife service,
      Departure departure,
      UpgradeView upgraded,
      OperatorDesk.Frame frame)
      throws IOException {
    this.around = around;
    this.service = service;
    earlier.values().forEach(left -> Dispatcher.numberAfter(left.lastConnection()));
    pools = new Pools(around, this::allStopped);
    for (PoolConfig pool : config.pools().values()) {
      EarlierPool left = earlier.getOrDefault(pool.name(), EarlierPool.NONE);
      pools.add(pool, config.listeners(), left);
    }
    Strays strays = new Strays(around);
    earlier.forEach(
        (pool, left) -> {
          if (!config.pools().containsKey(pool)) {
            left.orphans().forEach(strays::take);
          }
        });
    Reloads reloads = new Reloads(around, config, source, pools, this::listenersChanged);
    upgrades = new Upgrades(around, pools, reloads, departure, upgraded);
    desk = new OperatorDesk(around, pools, reloads, upgrades, service, frame, new Life());
    listenersChanged();
  }

  private void listenersChanged() {
    listeners = around.store().listeners();
    service.keep(around.store().toBeKept());
  }

  /** Begins all pools; on the loop's thread or before it runs. */
  public void begin() {
    around.state().listeners(around.store());
    pools.begin();
    every(GUARD_PERIOD, this::guard);
    if (service.watched()) {
      every(SERVICE_PERIOD, this::tellManager);
    }
    if (Strangers.areOurs() || upgrades.last().number() > 0) {
      every(STRANGERS_PERIOD, () -> around.starter().reapStrangers(around.posix()));
    }
    every(LOG_PERIOD, () -> pools.each().forEach(p -> p.logs().look()));
  }

  private void tellManager() {
    int serving = 0;
    int wanted = 0;
    boolean starting = false;
    for (PoolRuntime p : pools.each()) {
      Pool pool = p.snapshot().pool();
      serving += pool.serving();
      wanted += pool.target();
      starting |= PoolState.of(pool) == PoolState.STARTING;
    }
    String status = serving + " of " + wanted + " workers serve";
    service.look(starting, status, around.loop().now());
  }

  private void every(long period, Runnable task) {
    around
        .loop()
        .timers()
        .at(
            around.loop().now() + period,
            () -> {
              task.run();
              every(period, task);
            });
  }

  /** A plugin can break a shared listener for everybody; what it broke is mended and told. */
  private void guard() {
    pools.each().forEach(PoolRuntime::look);
    around.state().listeners(around.store());
    for (GuardFinding finding : around.store().guard()) {
      around.journal().warn("listener " + finding.listener(), usersOf(finding));
      if (finding.replaced()) {
        pools.with(finding.listener()).forEach(p -> p.replaced(finding.listener()));
      }
    }
    if (service.watched()) {
      service.keep(around.store().toBeKept());
    }
  }

  private String usersOf(GuardFinding finding) {
    List<String> users = new ArrayList<>();
    pools.with(finding.listener()).forEach(p -> users.add(p.config().name()));
    return finding.found()
        + "; "
        + finding.done()
        + " (a worker did this; the listener is lent to: "
        + String.join(", ", users)
        + ")";
  }

  private void allStopped() {
    if (stopping) {
      around.loop().stop();
    }
  }

  /** What operators can ask, and signals; any thread. */
  public OperatorDesk desk() {
    return desk;
  }

  /** What the desk cannot do by itself. */
  private final class Life implements OperatorDesk.Life {
    @Override
    public boolean stopping() {
      return stopping;
    }

    @Override
    public void stop(boolean now) {
      stopPools(now);
    }

    @Override
    public List<HeldListener> listeners() {
      return listeners;
    }
  }

  private void stopPools(boolean now) {
    if (!stopping || now) {
      around.journal().info("supervisor", now ? "stopping at once" : "stopping");
    }
    stopping = true;
    upgrades.cancel();
    service.stopping();
    pools.stop(now);
  }
}
