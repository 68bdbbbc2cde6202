package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.DiffView;
import dev.baton.supervisor.admin.EventView;
import dev.baton.supervisor.admin.FdHolderView;
import dev.baton.supervisor.admin.ListenerTraffic;
import dev.baton.supervisor.admin.OperationRefused;
import dev.baton.supervisor.admin.Operations;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.ReleaseView;
import dev.baton.supervisor.admin.ReloadWatcher;
import dev.baton.supervisor.admin.ReopenView;
import dev.baton.supervisor.admin.ResetView;
import dev.baton.supervisor.admin.RolloutRequest;
import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.ScaleView;
import dev.baton.supervisor.admin.SlotView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.UpgradeView;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.PoolState;
import dev.baton.supervisor.core.RolloutPlan;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.dispatch.Dispatcher;
import dev.baton.supervisor.metrics.Metrics;
import dev.baton.supervisor.process.Strangers;
import dev.baton.supervisor.store.GuardFinding;
import dev.baton.supervisor.store.HeldListener;
import dev.baton.supervisor.systemd.ServiceLife;
import dev.baton.supervisor.upgrade.Departure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * All pools on one loop, and what operators may ask of them. The loop ends when a stop was asked
 * for and no worker is left.
 */
public final class SupervisorLoop implements Operations {
  private static final long LOG_PERIOD = TimeUnit.SECONDS.toNanos(2);
  private static final long STRANGERS_PERIOD = TimeUnit.SECONDS.toNanos(1);
  private static final long SERVICE_PERIOD = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long GUARD_PERIOD = TimeUnit.SECONDS.toNanos(1);

  private static final String STOPPING = "the supervisor is stopping";
  private static final String LEAVING = "an upgrade is under way";

  private final Surroundings around;
  private final ServiceLife service;
  private final Frame frame;
  private final Pools pools;
  private final Reloads reloads;
  private final Upgrades upgrades;
  private final Sight sight;
  private volatile List<HeldListener> listeners;
  private boolean stopping;
  private Metrics metrics;

  /** Adds what is not of a pool to a status; any thread. */
  @FunctionalInterface
  public interface Frame {
    /**
     * The whole status.
     *
     * @param listeners all there are
     * @param traffic of the listeners that the supervisor accepts from, by name
     */
    StatusView status(
        List<HeldListener> listeners, List<PoolView> pools, Map<String, ListenerTraffic> traffic);
  }

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
      Frame frame)
      throws IOException {
    this.around = around;
    this.service = service;
    this.frame = frame;
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
    sight = new Sight(around, pools);
    reloads = new Reloads(around, config, source, pools, this::listenersChanged);
    upgrades = new Upgrades(around, pools, reloads, departure, upgraded);
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

  /** Made when somebody asks: it takes a while to load. */
  @Override
  public synchronized String metrics() {
    if (metrics == null) {
      metrics = new Metrics();
    }
    return metrics.scrape(status());
  }

  @Override
  public StatusView status() {
    long now = around.loop().now();
    List<PoolView> views = new ArrayList<>();
    Map<String, ListenerTraffic> traffic = new LinkedHashMap<>();
    for (PoolRuntime pool : pools.each()) {
      Optional<DispatchFigures> figures = pool.figures();
      views.add(StatusReport.of(pool.snapshot(), figures, now));
      figures.ifPresent(f -> traffic.putAll(StatusReport.traffic(f)));
    }
    return frame.status(listeners, views, traffic);
  }

  @Override
  public List<EventView> events(int newest) {
    return around.journal().newest(newest).stream().map(EventView::of).toList();
  }

  @Override
  public List<EventView> eventsAfter(long number, int most) {
    return around.journal().after(number, most).stream().map(EventView::of).toList();
  }

  @Override
  public Runnable onEvent(Runnable news) {
    return around.journal().listen(entry -> news.run());
  }

  @Override
  public void audit(String text) {
    around.loop().execute(() -> around.journal().info("operator", text));
  }

  @Override
  public void restart(String pool, RolloutRequest how, RolloutWatcher watcher) {
    rollouts(pool, watcher, p -> p.rollouts().restart(plan(p, how), watcher));
  }

  @Override
  public void deploy(String pool, Optional<Path> path, RolloutRequest how, RolloutWatcher watcher) {
    rollouts(
        pool,
        watcher,
        p -> p.rollouts().deploy(r -> r.copy(p.config(), path), plan(p, how), watcher));
  }

  @Override
  public void rollback(
      String pool, Optional<String> release, RolloutRequest how, RolloutWatcher watcher) {
    rollouts(
        pool,
        watcher,
        p -> p.rollouts().deploy(r -> r.earlier(p.config(), release), plan(p, how), watcher));
  }

  @Override
  public void follow(String pool, RolloutWatcher watcher) {
    rollouts(pool, watcher, p -> p.rollouts().follow(watcher));
  }

  private void rollouts(String pool, RolloutWatcher watcher, Consumer<PoolRuntime> work) {
    around
        .loop()
        .execute(
            () -> {
              if (upgrades.leaving()) {
                watcher.refused(LEAVING);
              } else {
                pools.get(pool).ifPresentOrElse(work, () -> watcher.refused(unknown(pool)));
              }
            });
  }

  private static RolloutPlan plan(PoolRuntime pool, RolloutRequest how) {
    return new RolloutPlan(
        how.surge().orElse(pool.config().surge()),
        how.canary(),
        how.hold().toNanos(),
        how.pauseAfterCanary());
  }

  @Override
  public CompletionStage<Void> steer(String pool, Steering what) {
    PoolEvent event =
        switch (what) {
          case PAUSE -> new PoolEvent.Pause();
          case RESUME -> new PoolEvent.Resume();
          case ABORT -> new PoolEvent.Abort();
        };
    return onPool(
        pool,
        (p, result) -> {
          p.rollouts().command(event, why -> fail(result, why));
          result.complete(null);
        });
  }

  @Override
  public CompletionStage<List<ReleaseView>> releases(String pool) {
    return onPool(
        pool,
        (p, result) ->
            around
                .starter()
                .releases(r -> r.list(pool))
                .thenAccept(
                    all -> result.complete(all.stream().map(StatusReport::release).toList())));
  }

  private <T> CompletionStage<T> onPool(
      String pool, BiConsumer<PoolRuntime, CompletableFuture<T>> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    around
        .loop()
        .execute(
            () ->
                pools
                    .get(pool)
                    .ifPresentOrElse(
                        p -> work.accept(p, result), () -> fail(result, unknown(pool))));
    return result;
  }

  private static void fail(CompletableFuture<?> result, String why) {
    result.completeExceptionally(new OperationRefused(why));
  }

  @Override
  public CompletionStage<ScaleView> scale(String pool, int workers) {
    return onPool(
        pool,
        (p, result) -> {
          int before = p.snapshot().pool().target();
          p.scale(workers, why -> fail(result, why));
          result.complete(new ScaleView(pool, before, workers));
        });
  }

  @Override
  public CompletionStage<ResetView> reset(String pool, OptionalInt slot) {
    return onPool(
        pool,
        (p, result) ->
            result.complete(new ResetView(pool, p.reset(slot, why -> fail(result, why)))));
  }

  @Override
  public CompletionStage<SlotView> explain(String pool, int slot) {
    return onPool(pool, (p, result) -> Sight.explain(p, slot, result));
  }

  @Override
  public CompletionStage<List<FdHolderView>> descriptors() {
    return sight.descriptors();
  }

  @Override
  public void reload(ReloadWatcher watcher) {
    around
        .loop()
        .execute(
            () -> {
              if (stopping || upgrades.leaving()) {
                watcher.refused(stopping ? STOPPING : LEAVING);
              } else {
                service.reloading();
                reloads.begin(new ToldReload(watcher, service::reloaded));
              }
            });
  }

  @Override
  public CompletionStage<DiffView> diff() {
    CompletableFuture<DiffView> result = new CompletableFuture<>();
    around
        .loop()
        .execute(
            () ->
                reloads
                    .diff()
                    .whenComplete(
                        (view, failure) -> {
                          if (failure == null) {
                            result.complete(view);
                          } else {
                            result.completeExceptionally(failure);
                          }
                        }));
    return result;
  }

  /** The same where nobody waits for the outcome, which is in the journal. */
  public void reload() {
    reload(new Unwatched());
  }

  @Override
  public void upgrade(Optional<Path> to, RolloutWatcher watcher) {
    around
        .loop()
        .execute(
            () -> {
              if (stopping) {
                watcher.refused(STOPPING);
              } else {
                upgrades.begin(to, watcher);
              }
            });
  }

  /** The same where nobody waits for the outcome, which is in the journal. */
  public void upgrade() {
    upgrade(Optional.empty(), new Unwatched());
  }

  @Override
  public UpgradeView upgraded() {
    return upgrades.last();
  }

  /** One worker more or one fewer in every pool that wants any; the outcome is in the journal. */
  public void scaleEach(int change) {
    around.loop().execute(() -> pools.scaleEach(change));
  }

  @Override
  public CompletionStage<ReopenView> reopenLogs() {
    CompletableFuture<ReopenView> result = new CompletableFuture<>();
    around
        .loop()
        .execute(
            () -> {
              List<CompletionStage<LogCare.Outcome>> outcomes = new ArrayList<>();
              pools.each().forEach(p -> outcomes.addAll(p.logs().reopen()));
              CompletableFuture.allOf(
                      outcomes.stream()
                          .map(CompletionStage::toCompletableFuture)
                          .toArray(CompletableFuture<?>[]::new))
                  .thenRun(() -> result.complete(reopened(outcomes)));
            });
    return result;
  }

  private ReopenView reopened(List<CompletionStage<LogCare.Outcome>> outcomes) {
    List<String> problems =
        outcomes.stream()
            .map(o -> o.toCompletableFuture().join())
            .filter(o -> o.problem().isPresent())
            .map(o -> o.worker() + ": " + o.problem().get())
            .toList();
    int done = outcomes.size() - problems.size();
    around.journal().info("supervisor", "reopened the logs of " + done + " workers");
    problems.forEach(p -> around.journal().warn("supervisor", "a log was not reopened: " + p));
    return new ReopenView(done, problems);
  }

  @Override
  public CompletionStage<Void> stop(boolean now) {
    return CompletableFuture.runAsync(() -> stopPools(now), around.loop());
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

  private String unknown(String pool) {
    return "no pool \"" + pool + "\"; there are: " + String.join(", ", pools.byName().keySet());
  }
}
