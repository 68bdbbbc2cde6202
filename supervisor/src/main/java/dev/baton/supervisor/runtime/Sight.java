package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.FdHolderView;
import dev.baton.supervisor.admin.OperationRefused;
import dev.baton.supervisor.admin.SlotView;
import dev.baton.supervisor.admin.WorkerTraffic;
import dev.baton.supervisor.core.Explanation;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.process.OpenDescriptors;
import dev.baton.supervisor.store.Holding;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What operators look into beyond the status. Any thread. */
final class Sight {
  private final Surroundings around;
  private final Pools pools;
  private final OpenDescriptors descriptors = new OpenDescriptors();
  private final long begun = System.nanoTime();

  Sight(Surroundings around, Pools pools) {
    this.around = around;
    this.pools = pools;
  }

  /** The books are read on the loop, the processes beside it, and both are put together there. */
  CompletionStage<List<FdHolderView>> descriptors() {
    return CompletableFuture.supplyAsync(this::books, around.loop())
        .thenCompose(
            books ->
                descriptors
                    .read(
                        Stream.concat(
                                Stream.of(books.pid()),
                                books.workers().stream().map(FdBooks.OfWorker::pid))
                            .toList())
                    .thenApplyAsync(seen -> FdReport.of(stillThere(books), seen), around.loop()));
  }

  /** A pid of one that was reaped meanwhile may be somebody else's. */
  private FdBooks stillThere(FdBooks books) {
    List<FdBooks.OfWorker> workers =
        books.workers().stream()
            .filter(w -> live(w.id().pool()).stream().anyMatch(l -> l.pid() == w.pid()))
            .toList();
    return new FdBooks(books.pid(), books.uptime(), books.store(), workers, books.now());
  }

  private List<LiveWorker> live(String pool) {
    return pools.get(pool).map(PoolRuntime::workers).orElse(List.of());
  }

  private FdBooks books() {
    List<FdBooks.Kept> store = new ArrayList<>();
    long clock = System.nanoTime();
    try {
      for (Holding holding : around.store().holdings()) {
        store.add(new FdBooks.Kept(holding, clock - holding.since()));
      }
    } catch (SysException e) {
      throw new OperationRefused("the store's sockets cannot be asked: " + e.getMessage());
    }
    List<FdBooks.OfWorker> workers = new ArrayList<>();
    for (PoolRuntime pool : pools.each()) {
      Optional<DispatchFigures> figures = pool.figures();
      pool.workers().stream()
          .sorted(
              Comparator.comparing((LiveWorker w) -> w.id().slot())
                  .thenComparing(w -> w.id().run()))
          .forEach(
              w ->
                  pool.snapshot()
                      .pool()
                      .worker(w.id())
                      .ifPresent(core -> workers.add(book(w, core, figures))));
    }
    return new FdBooks(
        ProcessHandle.current().pid(), clock - begun, store, workers, around.loop().now());
  }

  private static FdBooks.OfWorker book(
      LiveWorker w, Worker core, Optional<DispatchFigures> figures) {
    WorkerId id = w.id();
    return new FdBooks.OfWorker(
        id,
        w.pid(),
        core.generation(),
        core.state(),
        core.startedAt(),
        w.lent().all(),
        w.session().claimed(),
        w.channel(),
        figures
            .flatMap(f -> Optional.ofNullable(f.workers().get(id)))
            .map(f -> new WorkerTraffic(f.open(), f.unclaimed(), f.total())));
  }

  /** Completes with a slot of a pool explained; on the loop. */
  static void explain(PoolRuntime pool, int slot, CompletableFuture<SlotView> result) {
    String name = pool.config().name();
    pool.explain(slot)
        .ifPresentOrElse(
            e -> result.complete(view(name, slot, e)),
            () ->
                result.completeExceptionally(
                    new OperationRefused("pool " + name + " has no slot " + slot)));
  }

  private static SlotView view(String pool, int slot, Explanation explanation) {
    return new SlotView(
        pool,
        slot,
        explanation.parts().stream()
            .map(
                p ->
                    new SlotView.Part(
                        p.subject(), p.state(), seconds(p.sinceNanos()), p.why(), p.next()))
            .toList());
  }

  private static OptionalLong seconds(OptionalLong nanos) {
    return nanos.isPresent()
        ? OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong()))
        : nanos;
  }
}
