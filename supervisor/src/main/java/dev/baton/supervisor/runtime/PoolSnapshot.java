package dev.baton.supervisor.runtime;

import dev.baton.protocol.ToSupervisor.Jvm;
import dev.baton.protocol.ToSupervisor.Work;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.WorkerId;
import java.util.Map;
import java.util.Optional;

/**
 * A pool at one moment. Immutable, so that any thread may look at it.
 *
 * @param ends by slot, the newest of a worker that was not told to leave
 */
record PoolSnapshot(Pool pool, Map<WorkerId, Process> processes, Map<Integer, PostMortem> ends) {
  /**
   * What the core does not know of a worker.
   *
   * @param work empty when it has said nothing yet
   * @param jvm likewise
   */
  record Process(int pid, String status, Optional<Work> work, Optional<Jvm> jvm) {}
}
