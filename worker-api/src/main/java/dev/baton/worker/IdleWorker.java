package dev.baton.worker;

/**
 * A plugin that takes over all it is offered, says that it serves, and does nothing: to try a
 * configuration without a plugin of one's own, and for the training run behind class archives.
 */
public final class IdleWorker implements Worker {
  @Override
  public void start(WorkerContext context) throws Exception {
    for (String listener : context.listeners()) {
      context.listener(listener);
    }
    for (String file : context.files()) {
      context.file(file);
    }
    context.ready();
  }
}
