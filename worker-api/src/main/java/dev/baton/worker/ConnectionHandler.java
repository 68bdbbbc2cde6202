package dev.baton.worker;

/** Serves connections, one call for each. */
@FunctionalInterface
public interface ConnectionHandler {
  /**
   * Begins to serve, and may finish: the connection is the plugin's from now on, also after the
   * return, until it is closed. What is thrown closes the connection and is reported: to the
   * worker's log, and to the operator in a warning now and then.
   */
  void serve(Connection connection) throws Exception;
}
