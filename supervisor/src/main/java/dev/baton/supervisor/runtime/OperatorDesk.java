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
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.RolloutPlan;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.metrics.Metrics;
import dev.baton.supervisor.store.HeldListener;
import dev.baton.supervisor.systemd.ServiceLife;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What operators may ask of the pools: each request is posted to the loop. Thread-safe. */
public final class OperatorDesk implements Operations {
  private static final String STOPPING = "the supervisor is stopping";
  private static final String LEAVING = "an upgrade is under way";

  private final Surroundings around;
  private final Pools pools;
  private final Reloads reloads;
  private final Upgrades upgrades;
  private final ServiceLife service;
  private final Frame frame;
  private final Life life;
  private final Sight sight;
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

  /** Of the supervisor as a whole; on the loop's thread, but for the listeners. */
  interface Life {
    /** Whether a stop was asked for. */
    boolean stopping();

    /** Stops all pools, and the loop when no worker is left. */
    void stop(boolean now);

    /** All there are; any thread. */
    List<HeldListener> listeners();
  }

  OperatorDesk(
      Surroundings around,
      Pools pools,
      Reloads reloads,
      Upgrades upgrades,
      ServiceLife service,
      Frame frame,
      Life life) {
    this.around = around;
    this.pools = pools;
    this.reloads = reloads;
    this.upgrades = upgrades;
    this.service = service;
    this.frame = frame;
    this.life = life;
    this.sight = new Sight(around, pools);
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
    return frame.status(life.listeners(), views, traffic);
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
              if (life.stopping() || upgrades.leaving()) {
                watcher.refused(life.stopping() ? STOPPING : LEAVING);
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
              if (life.stopping()) {
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
    return CompletableFuture.runAsync(() -> life.stop(now), around.loop());
  }

  private String unknown(String pool) {
    return "no pool \"" + pool + "\"; there are: " + String.join(", ", pools.byName().keySet());
  }
}
