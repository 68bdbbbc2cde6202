package dev.baton.worker;

/** A plugin's own word on whether it can do its work; see {@link WorkerContext#health}. */
@FunctionalInterface
public interface HealthCheck {
  /**
   * Returns when all is well. Called on a thread of its own, never by two threads at once.
   *
   * @throws Exception when it is not: the message tells the operator why
   */
  void check() throws Exception;
}
