package dev.baton.supervisor.dispatch;

import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.ListenerFigures;
import dev.baton.supervisor.core.dispatch.WorkerFigures;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The counts of a pool's dispatcher, at one moment.
 *
 * @param listeners by name, in the plan's order
 * @param workers of the live ones
 * @param waiting connections without a worker, of all listeners
 * @param accepting whether it accepted at that moment; if not, new connections stay in the kernel's
 *     queues
 * @param busy whether some connection was open, waiting or unclaimed
 * @param idleSince if none was, since when, as {@link System#nanoTime} tells it
 */
public record DispatchFigures(
    Map<String, Listener> listeners,
    Map<WorkerId, WorkerFigures> workers,
    long waiting,
    boolean accepting,
    boolean busy,
    long idleSince) {

  /**
   * The counts of one listener.
   *
   * @param connections what became of the accepted ones
   * @param acceptErrors times that accept4(2) failed, for want of something or because the client
   *     was gone before
   */
  public record Listener(ListenerFigures connections, long acceptErrors) {
    private Listener plus(Listener other) {
      return new Listener(connections.plus(other.connections), acceptErrors + other.acceptErrors);
    }
  }

  /** Both together, of which each has workers of its own. */
  public DispatchFigures plus(DispatchFigures other) {
    Map<String, Listener> sums = new LinkedHashMap<>(listeners);
    other.listeners.forEach((name, l) -> sums.merge(name, l, Listener::plus));
    Map<WorkerId, WorkerFigures> each = new LinkedHashMap<>(workers);
    each.putAll(other.workers);
    return new DispatchFigures(
        sums,
        each,
        waiting + other.waiting,
        accepting || other.accepting,
        busy || other.busy,
        Math.max(idleSince, other.idleSince));
  }

  /** For how long no connection has been open, waiting or unclaimed until now; 0 when one is. */
  public long idleNanos() {
    return busy ? 0 : Math.max(0, System.nanoTime() - idleSince);
  }
}
