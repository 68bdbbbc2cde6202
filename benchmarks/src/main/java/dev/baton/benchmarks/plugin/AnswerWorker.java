package dev.baton.benchmarks.plugin;

import dev.baton.worker.Connection;
import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;

/**
 * Answers every request on a new connection with a fixed response, as {@code server.c} does: on the
 * thread that brings the connection when the request has come with it, else on one with a selector.
 */
public final class AnswerWorker implements Worker {
  private final LateRequests late = new LateRequests();

  @Override
  public void start(WorkerContext context) throws IOException {
    late.start();
    for (String listener : context.listeners()) {
      context.connections(listener, Runnable::run, this::serve);
    }
    context.ready();
  }

  private void serve(Connection connection) throws IOException {
    connection.channel().configureBlocking(false);
    if (!Answer.tryOn(connection)) {
      late.add(connection);
    }
  }

  @Override
  public void drain(Drain drain) {
    drain.done();
  }
}
