package dev.baton.benchmarks.plugin;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;

/** Answers every request on a new connection with a fixed response, as {@code server.c} does. */
public final class AnswerWorker implements Worker {
  @Override
  public void start(WorkerContext context) throws IOException {
    AnswerLoop loop = new AnswerLoop();
    for (String listener : context.listeners()) {
      loop.add(context.listener(listener));
    }
    loop.start();
    context.ready();
  }

  @Override
  public void drain(Drain drain) {
    drain.done();
  }
}
