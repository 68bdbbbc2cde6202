package dev.baton.supervisor.runtime;

import dev.baton.supervisor.core.HeartbeatRules;
import dev.baton.supervisor.core.WorkerId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The workers of one pool that have a process. Only for the loop's thread. */
final class LiveWorkers {
  private final Map<WorkerId, LiveWorker> live = new HashMap<>();
  private long lastBeat;

  void add(WorkerId id, LiveWorker worker) {
    live.put(id, worker);
  }

  LiveWorker remove(WorkerId id) {
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

  Map<WorkerId, PoolSnapshot.Process> processes() {
    Map<WorkerId, PoolSnapshot.Process> processes = new HashMap<>();
    live.forEach((id, w) -> processes.put(id, new PoolSnapshot.Process(w.pid(), w.status())));
    return Map.copyOf(processes);
  }
}
