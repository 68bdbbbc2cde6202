package dev.baton.samples.vault;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;

/**
 * Serves the files of a folder over HTTP, on all listeners it is given: {@code GET /a/b} is
 * answered with the file {@code ROOT/a/b}. It opens none of them itself but asks the supervisor,
 * which decides by the pool's {@code open} list; so its own user needs no right to the folder, and
 * a path that a client made up leads nowhere else.
 */
public final class VaultWorker implements Worker {
  private final TimeLimit limit = new TimeLimit();

  @Override
  public void start(WorkerContext context) throws IOException {
    VaultConfig config = context.config(VaultConfig.class);
    Vault vault = new Vault(config.root(), context);
    for (String listener : context.listeners()) {
      context.connections(listener, connection -> new Exchange(connection, vault, limit).serve());
    }
    context.ready();
  }

  /** No connections come any more, and those that are here are waited for. */
  @Override
  public void drain(Drain drain) {
    drain.done();
  }

  @Override
  public void stop() {
    limit.close();
  }
}
