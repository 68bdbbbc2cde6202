package dev.baton.supervisor.runtime;

import dev.baton.protocol.ToSupervisor.Work;
import dev.baton.supervisor.core.CanaryJudge;
import dev.baton.supervisor.core.CanaryJudge.Tally;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.Rollout;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.core.WorkerId;
import java.util.HashMap;
import java.util.Map;

/**
 * What the workers of both generations have counted during one rollout, also those that have left
 * since. Only for the loop's thread.
 */
final class CanaryWatch {
  private final LiveWorkers live;
  private final Map<WorkerId, Work> others = new HashMap<>();

  CanaryWatch(LiveWorkers live) {
    this.live = live;
  }

  /** What speaks against the canary; empty when nothing does, or nothing is known. */
  String against(Pool pool, Rollout rollout) {
    Tally canary = Tally.NONE;
    for (Slot slot : pool.slots()) {
      for (Worker w : slot.workers()) {
        Work work = live.work(w.id());
        if (w.generation() == rollout.to()) {
          canary = canary.plus(tally(work));
        } else {
          others.put(w.id(), work);
        }
      }
    }
    return CanaryJudge.against(
        canary, others.values().stream().map(CanaryWatch::tally).reduce(Tally.NONE, Tally::plus));
  }

  private static Tally tally(Work work) {
    return new Tally(work.requests(), work.failed(), work.requestNanos());
  }
}
