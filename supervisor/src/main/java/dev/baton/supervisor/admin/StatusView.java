package dev.baton.supervisor.admin;

import java.util.List;
import java.util.Optional;

/**
 * The state of a supervisor at one moment.
 *
 * @param version of Baton
 * @param pid of the supervisor
 * @param uptimeSeconds since the supervisor started
 * @param name of the instance
 * @param runtimeDir absolute
 * @param listeners in the order of the configuration
 * @param pools in the order of the configuration
 * @param openService empty when it is not configured
 */
public record StatusView(
    String version,
    long pid,
    long uptimeSeconds,
    String name,
    String runtimeDir,
    List<ListenerView> listeners,
    List<PoolView> pools,
    Optional<OpenServiceView> openService) {

  /** Copies the lists. */
  public StatusView {
    listeners = List.copyOf(listeners);
    pools = List.copyOf(pools);
  }

  /**
   * One of the pools.
   *
   * @param pool its name
   */
  public Optional<PoolView> pool(String pool) {
    return pools.stream().filter(view -> view.name().equals(pool)).findFirst();
  }

  /** The pools' names, for a message. */
  public String poolNames() {
    return pools.isEmpty()
        ? "none"
        : String.join(", ", pools.stream().map(PoolView::name).toList());
  }
}
