package dev.baton.supervisor.runtime;

import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.process.Remains;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How the workers of one pool came to their ends: has each looked into, and keeps the newest of
 * each slot that was not in order. Only for the loop's thread.
 */
final class PostMortems {
  /** Of a rollout, the worker that failed is asked for some ends later. */
  private static final int RECENT = 64;

  private final Surroundings around;
  private final Runnable changed;
  private Map<Integer, PostMortem> bySlot = Map.of();
  private final Map<WorkerId, CompletableFuture<PostMortem>> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(
            Map.Entry<WorkerId, CompletableFuture<PostMortem>> eldest) {
          return size() > RECENT;
        }
      };

  /**
   * @param changed called when there is something new to be seen
   */
  PostMortems(Surroundings around, Runnable changed) {
    this.around = around;
    this.changed = changed;
  }

  /**
   * A worker has ended.
   *
   * @param pool as it was before that
   * @param figures of the connections that were handed over
   */
  void begin(WorkerId worker, Remains remains, Pool pool, Optional<DispatchFigures> figures) {
    OptionalLong open =
        figures
            .flatMap(f -> Optional.ofNullable(f.workers().get(worker)))
            .map(h -> OptionalLong.of(h.open() + h.unclaimed()))
            .orElse(OptionalLong.empty());
    long now = around.loop().now();
    pool.worker(worker).ifPresent(w -> begin(PostMortem.of(w, remains.exit(), open, now), remains));
  }

  private void begin(PostMortem end, Remains remains) {
    CompletableFuture<PostMortem> whole = around.starter().lookInto(end, remains);
    recent.put(end.worker(), whole);
    whole
        .whenComplete((found, failure) -> around.journal().ended(found == null ? end : found))
        .thenAcceptAsync(this::keep, around.loop());
  }

  private void keep(PostMortem end) {
    PostMortem last = bySlot.get(end.worker().slot());
    if (!end.told() && (last == null || last.worker().run() < end.worker().run())) {
      Map<Integer, PostMortem> next = new HashMap<>(bySlot);
      next.put(end.worker().slot(), end);
      bySlot = Map.copyOf(next);
      changed.run();
    }
  }

  /** The newest end in each slot of a worker that was not told to leave. */
  Map<Integer, PostMortem> bySlot() {
    return bySlot;
  }

  /**
   * All about the end of a worker; empty for one that never was a process or is forgotten.
   * Completes on the loop.
   */
  CompletionStage<Optional<PostMortem>> of(WorkerId worker) {
    CompletableFuture<PostMortem> known = recent.get(worker);
    return known == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : known.handleAsync((end, failure) -> Optional.ofNullable(end), around.loop());
  }
}
