package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkerView;
import dev.baton.supervisor.metrics.ProcessFigures;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * All figures at one moment.
 *
 * @param nanos when, as {@link System#nanoTime} tells it
 * @param processes by pid, of those that there are
 */
record TopFrame(long nanos, StatusView status, Map<Long, ProcessFigures> processes) {

  /** Of a status, with the figures of its processes. */
  static TopFrame of(
      long nanos, StatusView status, LongFunction<Optional<ProcessFigures>> processes) {
    Map<Long, ProcessFigures> found = new HashMap<>();
    processes.apply(status.pid()).ifPresent(p -> found.put(status.pid(), p));
    for (PoolView pool : status.pools()) {
      for (WorkerView w : pool.workers()) {
        if (w.pid() > 0) {
          processes.apply(w.pid()).ifPresent(p -> found.put(w.pid(), p));
        }
      }
    }
    return new TopFrame(nanos, status, found);
  }

  /** The worker of an id, if it has a process. */
  Optional<WorkerView> worker(String id) {
    return status.pools().stream()
        .flatMap(p -> p.workers().stream())
        .filter(w -> w.id().equals(id) && w.pid() > 0)
        .findFirst();
  }
}
