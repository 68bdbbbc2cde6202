package dev.baton.supervisor;

import dev.baton.supervisor.admin.AdminServer;
import dev.baton.supervisor.admin.EventArchive;
import dev.baton.supervisor.admin.Operations;
import dev.baton.supervisor.admin.WebSide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The start of the operators' side, beside the loop: it takes a while to load. */
final class AdminStart {
  private final Operations operations;
  private final EventArchive archive;
  private final Path socket;
  private final Optional<WebSide> web;
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private Thread thread;
  private AdminServer server;

  AdminStart(Operations operations, EventArchive archive, Path socket, Optional<WebSide> web) {
    this.archive = archive;
    this.operations = operations;
    this.socket = socket;
    this.web = web;
  }

  /** Completes only if the admin socket could not be served. */
  CompletableFuture<Throwable> failed() {
    return failed;
  }

  /**
   * Starts on a thread of its own; {@code over} is called there when it is served, or never will
   * be.
   */
  synchronized void begin(Runnable over) {
    thread =
        new Thread(
            () -> {
              try {
                started(AdminServer.start(operations, archive, socket, web));
              } catch (IOException | RuntimeException e) {
                failed.complete(e);
              } finally {
                over.run();
              }
            },
            "baton-admin-start");
    thread.start();
  }

  private synchronized void started(AdminServer running) {
    server = running;
  }

  /** Ends it, also if it has not begun or is still under way. */
  void close() {
    Thread beginning;
    synchronized (this) {
      beginning = thread;
    }
    try {
      if (beginning != null) {
        beginning.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (server != null) {
        server.close();
      }
    }
  }
}
