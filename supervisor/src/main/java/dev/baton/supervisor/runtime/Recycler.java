package dev.baton.supervisor.runtime;

import dev.baton.protocol.ToSupervisor.Work;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.RecycleConfig;
import dev.baton.supervisor.core.Effect;
import dev.baton.supervisor.core.Explanation;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.RecycleRules;
import dev.baton.supervisor.core.Recycling;
import dev.baton.supervisor.core.Usage;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.WorkerFigures;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.process.ResidentSets;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has workers of one pool replaced in time: brings together what they have done, what memory they
 * take and what time it is. Only for the loop's thread.
 */
final class Recycler {
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(900);

  /** A reading takes some 20 us, so that this is below half a percent of a core. */
  private static final long PER_WORKER = TimeUnit.MILLISECONDS.toNanos(5);

  private final String pool;
  private final Surroundings around;
  private final ResidentSets memory;
  private final Recycling recycling;
  private final Optional<WallSchedule> schedule;
  private Map<WorkerId, Long> resident = Map.of();
  private boolean reading;
  private long nextReading;

  Recycler(PoolConfig config, Surroundings around, ResidentSets memory) {
    RecycleConfig rules = config.supervision().recycle();
    this.pool = config.name();
    this.around = around;
    this.memory = memory;
    this.recycling =
        new Recycling(
            new RecycleRules(
                rules.maxAge().toNanos(),
                rules.maxConnections(),
                rules.maxRequests(),
                rules.maxMemory()),
            CoreSettings.of(config).backoff());
    this.schedule = rules.schedule().map(s -> new WallSchedule(s, ZonedDateTime.now()));
  }

  /** To be called every second or so: the worker that is to be replaced now, if there is one. */
  Optional<PoolEvent.Recycle> look(Pool state, LiveWorkers live, Optional<DispatchFigures> handed) {
    long now = around.loop().now();
    if (schedule.isPresent() && schedule.get().due(ZonedDateTime.now())) {
      around.journal().info(pool, "its schedule has come: all workers are recycled, one by one");
      recycling.scheduled(now);
    }
    if (recycling.weighs()) {
      weigh(live, now);
    }
    return recycling.next(state, id -> usage(id, live, handed), now);
  }

  private void weigh(LiveWorkers live, long now) {
    if (reading || now < nextReading) {
      return;
    }
    reading = true;
    Map<WorkerId, Integer> pids = live.pids();
    nextReading = now + Math.max(SHORTEST, PER_WORKER * pids.size());
    memory
        .read(pids)
        .whenCompleteAsync(
            (found, failure) -> {
              reading = false;
              resident = failure == null ? found : Map.of();
            },
            around.loop());
  }

  private Usage usage(WorkerId id, LiveWorkers live, Optional<DispatchFigures> handed) {
    Work work = live.work(id);
    long claimed = handed.map(f -> f.workers().get(id)).map(WorkerFigures::total).orElse(0L);
    return new Usage(
        Math.max(work.connections(), claimed), work.requests(), resident.getOrDefault(id, 0L));
  }

  /** With how far each worker is from its limits. */
  Explanation complete(
      Pool state,
      Explanation explanation,
      LiveWorkers live,
      Optional<DispatchFigures> handed,
      long now) {
    return new Explanation(
        explanation.parts().stream()
            .map(
                part ->
                    state.places().stream()
                        .flatMap(s -> s.workers().stream())
                        .filter(w -> w.id().toString().equals(part.subject()))
                        .findFirst()
                        .map(
                            w ->
                                part.andNext(
                                    recycling.outlook(w, usage(w.id(), live, handed), now)))
                        .orElse(part))
            .toList());
  }

  /** What became of a replacement. */
  void over(Effect.RecycleOver end) {
    recycling.over(end, around.loop().now());
  }
}
