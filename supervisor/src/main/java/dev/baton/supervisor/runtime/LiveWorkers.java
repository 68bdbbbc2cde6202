package dev.baton.supervisor.runtime;

import dev.baton.protocol.ToSupervisor.Work;
import dev.baton.supervisor.core.Effect;
import dev.baton.supervisor.core.HeartbeatRules;
import dev.baton.supervisor.core.WorkerId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The workers of one pool that have a process. Only for the loop's thread. */
final class LiveWorkers {
  private final Map<WorkerId, LiveWorker> live = new HashMap<>();
  private Map<WorkerId, PoolSnapshot.Process> processes; // null: to be made anew
  private long lastBeat;

  void add(WorkerId id, LiveWorker worker) {
    live.put(id, worker);
    changed();
  }

  LiveWorker remove(WorkerId id) {
    changed();
    return live.remove(id);
  }

  /** A worker without a process has nothing to be told. */
  void with(WorkerId id, Consumer<LiveWorker> action) {
    LiveWorker w = live.get(id);
    if (w != null) {
      action.accept(w);
      w.afterSending();
    }
  }

  /** What concerns one of them alone; whether it was such an effect. */
  boolean carryOut(Effect effect, Surroundings around) {
    if (effect instanceof Effect.SendStop e) {
      with(e.worker(), w -> w.session().stop(e.deadline() - around.loop().now()));
    } else if (effect instanceof Effect.DumpThreads e) {
      with(e.worker(), w -> w.dumpThreads(around.starter().logged(e.worker())));
    } else if (effect instanceof Effect.Terminate e) {
      with(e.worker(), LiveWorker::terminate);
    } else if (effect instanceof Effect.Kill e) {
      with(e.worker(), LiveWorker::kill);
    } else {
      return false;
    }
    return true;
  }

  /** All of them. */
  void each(Consumer<LiveWorker> action) {
    List.copyOf(live.keySet()).forEach(id -> with(id, action));
  }

  /** Each of them at this moment. */
  List<LiveWorker> all() {
    return List.copyOf(live.values());
  }

  /** Takes in what they have said so far. */
  void readAll() {
    List.copyOf(live.values()).forEach(LiveWorker::readAll);
  }

  /**
   * Asks each for a sign of life. A supervisor that is late forgives what it has not heard.
   *
   * @param hung told who has given none for too long
   */
  void beat(HeartbeatRules rules, long now, Consumer<WorkerId> hung) {
    boolean forgiven = rules.forgives(now - lastBeat);
    lastBeat = now;
    for (Map.Entry<WorkerId, LiveWorker> w : List.copyOf(live.entrySet())) {
      if (w.getValue().beat(rules, forgiven)) {
        hung.accept(w.getKey());
      }
    }
  }

  /** What {@link #processes} tells of one of them is not true any more. */
  void changed() {
    processes = null;
  }

  /** What a worker says that it has done. */
  Work work(WorkerId id) {
    LiveWorker w = live.get(id);
    return w == null ? Work.NONE : w.session().work().orElse(Work.NONE);
  }

  /** Of each its process. */
  Map<WorkerId, Integer> pids() {
    Map<WorkerId, Integer> pids = new HashMap<>();
    live.forEach((id, w) -> pids.put(id, w.pid()));
    return pids;
  }

  /** Immutable, and the same one until something changes: it is asked for at each event. */
  Map<WorkerId, PoolSnapshot.Process> processes() {
    if (processes == null) {
      Map<WorkerId, PoolSnapshot.Process> now = new HashMap<>();
      live.forEach(
          (id, w) ->
              now.put(
                  id,
                  new PoolSnapshot.Process(
                      w.pid(), w.status(), w.session().work(), w.session().jvm())));
      processes = Map.copyOf(now);
    }
    return processes;
  }
}
