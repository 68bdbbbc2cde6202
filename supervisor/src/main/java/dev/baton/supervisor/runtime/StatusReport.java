package dev.baton.supervisor.runtime;

import dev.baton.protocol.ToSupervisor.Jvm;
import dev.baton.protocol.ToSupervisor.Work;
import dev.baton.supervisor.admin.EndView;
import dev.baton.supervisor.admin.JvmView;
import dev.baton.supervisor.admin.ListenerTraffic;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.ReleaseView;
import dev.baton.supervisor.admin.RolloutView;
import dev.baton.supervisor.admin.WorkView;
import dev.baton.supervisor.admin.WorkerTraffic;
import dev.baton.supervisor.admin.WorkerView;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolState;
import dev.baton.supervisor.core.Rollout;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.core.Summary;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.ListenerFigures;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.store.ReleaseHistory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Turns the core's state into what operators see. Pure. */
final class StatusReport {
  private StatusReport() {}

  /**
   * One pool.
   *
   * @param figures empty where workers accept themselves
   */
  static PoolView of(PoolSnapshot snapshot, Optional<DispatchFigures> figures, long now) {
    Pool pool = snapshot.pool();
    List<WorkerView> workers = new ArrayList<>();
    for (Slot slot : pool.places()) {
      Optional<EndView> end =
          Optional.ofNullable(snapshot.ends().get(slot.index())).map(EndView::of);
      for (Worker w : slot.workers()) {
        Optional<WorkerTraffic> traffic = figures.flatMap(f -> traffic(f, w.id()));
        Optional<WorkView> work =
            Optional.ofNullable(snapshot.processes().get(w.id()))
                .flatMap(PoolSnapshot.Process::work)
                .map(StatusReport::work);
        Optional<JvmView> jvm =
            Optional.ofNullable(snapshot.processes().get(w.id()))
                .flatMap(PoolSnapshot.Process::jvm)
                .map(StatusReport::jvm);
        workers.add(worker(slot, w, snapshot, now).with(traffic, work, jvm).after(end));
      }
      if (slot.workers().isEmpty() && slot.goal() == Slot.Goal.RUN) {
        workers.add(down(pool, slot).after(end));
      }
    }
    return new PoolView(
        pool.name(),
        pool.generation(),
        pool.target(),
        lower(PoolState.of(pool)),
        pool.rollout().map(StatusReport::rollout),
        workers);
  }

  private static RolloutView rollout(Rollout r) {
    String stage = r.goesBack() ? "back" : lower(r.stage());
    return new RolloutView(r.from(), r.to(), stage, r.paused(), r.failure());
  }

  /** The listeners that the supervisor accepts from. */
  static Map<String, ListenerTraffic> traffic(DispatchFigures figures) {
    Map<String, ListenerTraffic> traffic = new LinkedHashMap<>();
    figures
        .listeners()
        .forEach((name, l) -> traffic.put(name, traffic(l.connections(), l.acceptErrors())));
    return traffic;
  }

  private static ListenerTraffic traffic(ListenerFigures f, long acceptErrors) {
    return new ListenerTraffic(
        f.accepted(),
        f.handed(),
        f.claimed(),
        f.redispatched(),
        f.waiting(),
        f.unclaimed(),
        f.open(),
        f.closed(),
        f.ended() + f.closedTouched(),
        f.refused(),
        f.vanished(),
        acceptErrors,
        f.claimNanos());
  }

  private static Optional<WorkerTraffic> traffic(DispatchFigures figures, WorkerId id) {
    return Optional.ofNullable(figures.workers().get(id))
        .map(f -> new WorkerTraffic(f.open(), f.unclaimed(), f.total()));
  }

  static ReleaseView release(ReleaseHistory.Entry entry) {
    return new ReleaseView(
        entry.hash(), lower(entry.state()), entry.since().toString(), entry.source());
  }

  private static WorkView work(Work work) {
    return new WorkView(work.connections(), work.requests(), work.failed(), work.requestNanos());
  }

  private static JvmView jvm(Jvm jvm) {
    return new JvmView(
        jvm.heapUsed(),
        jvm.heapCommitted(),
        jvm.heapMax(),
        jvm.collections(),
        jvm.collectionMillis());
  }

  private static WorkerView worker(Slot slot, Worker w, PoolSnapshot snapshot, long now) {
    PoolSnapshot.Process process = snapshot.processes().get(w.id());
    String text = w.reason().isEmpty() && process != null ? process.status() : w.reason();
    return new WorkerView(
        w.id().toString(),
        slot.index(),
        process == null ? 0 : process.pid(),
        w.generation(),
        lower(w.state().summary()),
        Math.max(0, TimeUnit.NANOSECONDS.toSeconds(now - w.startedAt())),
        slot.restarts(),
        lower(w.state()),
        text);
  }

  private static WorkerView down(Pool pool, Slot slot) {
    WorkerId last = new WorkerId(pool.name(), slot.index(), slot.nextRun() - 1);
    return new WorkerView(
        last.toString(),
        slot.index(),
        0,
        slot.generation(),
        lower(Summary.DOWN),
        0,
        slot.restarts(),
        phase(pool, slot),
        slot.lastEnd());
  }

  private static String phase(Pool pool, Slot slot) {
    return switch (slot.rest()) {
      case FAILED -> "failed";
      case DONE -> "done";
      case NONE -> {
        if (pool.phase() == Pool.Phase.NEW) {
          yield "waiting"; // for the pools that it comes after
        }
        yield slot.retryAt() > 0 ? "backoff" : "empty";
      }
    };
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
