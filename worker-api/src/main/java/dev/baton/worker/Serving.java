package dev.baton.worker;

import java.io.IOException;
import java.util.function.Consumer;

/** Has a plugin's handler serve connections that were taken for it. Never throws. */
final class Serving implements Consumer<Incoming> {
  private final ConnectionHandler handler;
  private final Complaints complaints;

  Serving(ConnectionHandler handler, Complaints complaints) {
    this.handler = handler;
    this.complaints = complaints;
  }

  @Override
  public void accept(Incoming connection) {
    try {
      connection.open();
    } catch (IOException | RuntimeException e) {
      complaints.cannotOpen(connection, e);
      return;
    }
    try {
      handler.serve(connection);
    } catch (Throwable e) {
      close(connection, e);
      complaints.handlerFailed(connection, e);
    }
  }

  private static void close(Incoming connection, Throwable why) {
    try {
      connection.close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }
}
