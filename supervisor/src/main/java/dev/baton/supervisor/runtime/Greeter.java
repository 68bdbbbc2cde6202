package dev.baton.supervisor.runtime;

import dev.baton.fd.FdBag;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.session.Greeting;
import dev.baton.supervisor.store.FdStore;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a worker of a pool is told at its hello, and given at its start. Only for the loop's thread.
 */
final class Greeter {
  private final PoolConfig config;
  private final Map<String, ListenerConfig> listeners;
  private final Surroundings around;

  /**
   * @param listeners all of the configuration, by name, as this pool's workers see them
   */
  Greeter(PoolConfig config, Map<String, ListenerConfig> listeners, Surroundings around) {
    this.config = config;
    this.listeners = listeners;
    this.around = around;
  }

  /**
   * What it starts with; the caller consumes it. What a reload has taken away since is left out.
   *
   * @throws SysException when no descriptor is to be had
   */
  Greeting greeting(WorkerId id, int generation) throws SysException {
    FdStore store = around.store();
    Set<String> held = Set.copyOf(store.names());
    List<Descriptor> offered = new ArrayList<>();
    FdBag fds = new FdBag();
    try {
      for (String name : config.listeners()) {
        if (held.contains(name)) {
          fds.add(store.lend(name, id.slot()));
          offered.add(store.describe(name, listeners.get(name).mode()));
        }
      }
      for (String name : config.files()) {
        if (held.contains(name)) {
          fds.add(store.lend(name));
          offered.add(store.describe(name));
        }
      }
    } catch (SysException | RuntimeException e) {
      fds.close();
      throw e;
    }
    return new Greeting(id.toString(), generation, offered, fds);
  }

  /** The answer to its hello. */
  ToWorker.Welcome welcome(WorkerId id, int generation, int pid) {
    String secret = Secrets.next();
    around.state().welcomes(id, generation, pid, secret);
    return new ToWorker.Welcome(
        id.toString(),
        generation,
        Version.CURRENT.toString(),
        around.adoption().toString(),
        secret,
        config.supervision().heartbeat().period().toMillis(),
        config.drainTimeout().toMillis(),
        config.plugin().orElse(null),
        config.settings(),
        config.supervision().orphanTimeout().toMillis());
  }
}
