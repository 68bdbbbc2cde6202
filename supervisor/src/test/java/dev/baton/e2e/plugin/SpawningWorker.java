package dev.baton.e2e.plugin;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;

/**
 * Starts a process in a session of its own before it is ready, which outlives it unless somebody
 * else ends it.
 */
public final class SpawningWorker implements Worker {

  @Override
  public void start(WorkerContext context) throws IOException {
    new ProcessBuilder("setsid", "sleep", "600")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    context.ready();
  }

  @Override
  public void drain(Drain drain) {
    drain.done();
  }
}
