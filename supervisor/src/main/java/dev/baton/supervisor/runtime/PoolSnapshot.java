package dev.baton.supervisor.runtime;

import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.WorkerId;
import java.util.Map;

/** A pool at one moment. Immutable, so that any thread may look at it. */
record PoolSnapshot(Pool pool, Map<WorkerId, Process> processes) {
  /** What the core does not know of a worker. */
  record Process(int pid, String status) {}
}
