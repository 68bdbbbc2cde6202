package dev.baton.supervisor.runtime;

import dev.baton.fd.FdBag;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.session.Greeting;
import dev.baton.supervisor.store.FdStore;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker of a pool is told at its hello, and given at its start. Only for the loop's thread.
 */
final class Greeter {
  private final PoolConfig config;
  private final Surroundings around;

  Greeter(PoolConfig config, Surroundings around) {
    this.config = config;
    this.around = around;
  }

  /**
   * What it starts with; the caller consumes it.
   *
   * @throws SysException when no descriptor is to be had
   */
  Greeting greeting(WorkerId id, int generation) throws SysException {
    List<Descriptor> offered = new ArrayList<>();
    FdBag fds = new FdBag();
    try {
      for (String name : config.listeners()) {
        fds.add(around.store().lend(name, id.slot()));
        offered.add(around.store().describe(name, purpose(around.store(), name)));
      }
      for (String name : config.files()) {
        fds.add(around.store().lend(name));
        offered.add(around.store().describe(name));
      }
    } catch (SysException | RuntimeException e) {
      fds.close();
      throw e;
    }
    return new Greeting(id.toString(), generation, offered, fds);
  }

  /** Whoever is handed connections keeps the listener only so that it survives the supervisor. */
  private static Descriptor.Purpose purpose(FdStore store, String listener) {
    return store.mode(listener) == ListenerMode.DISPATCH
        ? Descriptor.Purpose.CUSTODY
        : Descriptor.Purpose.USE;
  }

  /** The answer to its hello. */
  ToWorker.Welcome welcome(WorkerId id, int generation) {
    return new ToWorker.Welcome(
        id.toString(),
        generation,
        Version.CURRENT.toString(),
        around.adoption().toString(),
        Secrets.next(),
        config.supervision().heartbeat().period().toMillis(),
        config.drainTimeout().toMillis(),
        config.plugin().orElse(null),
        config.settings());
  }
}
