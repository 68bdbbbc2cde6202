package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.WorkerTraffic;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.WorkerState;
import dev.baton.supervisor.store.Holding;
import dev.baton.supervisor.store.Inode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who should hold which descriptor, at one moment. Immutable.
 *
 * @param pid of the supervisor
 * @param uptime of the supervisor, in nanoseconds
 * @param store what the store holds
 * @param workers all that have a process
 * @param now on the loop's clock
 */
record FdBooks(long pid, long uptime, List<Kept> store, List<OfWorker> workers, long now) {

  /**
   * What the store holds.
   *
   * @param nanos for how long
   */
  record Kept(Holding what, long nanos) {}

  /**
   * One worker.
   *
   * @param startedAt on the loop's clock
   * @param lent in the order in which it was lent
   * @param claimed the names that it has taken over
   * @param channel the supervisor's end of its channel; empty when that could not be told
   * @param traffic the connections that were handed to it; empty where it accepts itself
   */
  record OfWorker(
      WorkerId id,
      long pid,
      int generation,
      WorkerState state,
      long startedAt,
      List<LentBook.Lent> lent,
      Set<String> claimed,
      Optional<Inode> channel,
      Optional<WorkerTraffic> traffic) {}
}
