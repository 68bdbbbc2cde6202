package dev.baton.supervisor.dispatch;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.dispatch.DispatchSettings;
import dev.baton.supervisor.core.dispatch.Policy;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * What a {@link Dispatcher} is to do for a pool.
 *
 * @param pool its name
 * @param settings times and the bound of what waits while there is no worker
 * @param maxConnections how many connections a worker may have, claimed or not
 * @param maxUnclaimed how many of them it may have not claimed
 * @param weight of a slot, from 1; asked when a worker is added
 * @param sources the listeners whose connections it hands off, each name once
 */
public record DispatchPlan(
    String pool,
    DispatchSettings settings,
    int maxConnections,
    int maxUnclaimed,
    IntUnaryOperator weight,
    List<Source> sources) {

  public DispatchPlan {
    sources = List.copyOf(sources);
  }

  /**
   * One listener.
   *
   * @param listener its configured name
   * @param policy an object of its own, since some remember whose turn it is
   * @param fd the bound, listening, non-blocking socket, now the dispatcher's; empty for a {@code
   *     reuseport} listener, which has only the sockets of {@link Dispatcher#extra}
   */
  public record Source(String listener, Policy policy, Optional<OwnedFd> fd) {}
}
