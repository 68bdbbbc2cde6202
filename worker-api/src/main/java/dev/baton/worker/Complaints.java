package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Warning;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * What goes wrong with single connections: into the worker's log at most once a second, and to the
 * operator at most every ten, however many they are. Thread-safe.
 */
final class Complaints {
  private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final PrintStream log;
  private final Outbox outbox;
  private boolean any;
  private long logged;
  private long warned;
  private long unlogged;
  private long unwarned;

  Complaints(PrintStream log, Outbox outbox) {
    this.log = log;
    this.outbox = outbox;
  }

  /** A handler threw; the connection is closed. */
  void handlerFailed(Incoming connection, Throwable thrown) {
    tell("the handler failed on " + connection + ": " + Failures.text(thrown), thrown);
  }

  /** No channel could be made of a connection; it is closed. */
  void cannotOpen(Incoming connection, Exception failure) {
    tell(connection + " cannot be taken over: " + failure.getMessage(), null);
  }

  /** An executor would not run a handler. */
  void rejected(Incoming connection, RuntimeException why) {
    String what = connection.refusable() ? "it goes back" : "it is closed";
    tell(connection + " was rejected by the executor, so " + what + ": " + why, null);
  }

  /** Too many files are open here for one more connection. */
  void noNumber(String listener) {
    tell(
        "listener " + listener + ": a connection goes back: too many open files (RLIMIT_NOFILE)",
        null);
  }

  /** Accepting failed; it is tried again. */
  void cannotAccept(String listener, Exception failure) {
    tell("listener " + listener + ": cannot accept, trying on: " + failure.getMessage(), null);
  }

  /** There are fewer threads than there should be. */
  void noThread(String listener, Throwable why) {
    tell("listener " + listener + ": no further thread for its handler: " + why, null);
  }

  private synchronized void tell(String text, Throwable trace) {
    long now = System.nanoTime();
    boolean first = !any;
    any = true;
    if (first || now - logged >= LOG_NANOS) {
      log.println("baton: " + text + more(unlogged));
      if (trace != null) {
        trace.printStackTrace(log);
      }
      logged = now;
      unlogged = 0;
    } else {
      unlogged++;
    }
    if (first || now - warned >= WARN_NANOS) {
      outbox.send(new Warning(text + more(unwarned)));
      warned = now;
      unwarned = 0;
    } else {
      unwarned++;
    }
  }

  private static String more(long before) {
    return before == 0 ? "" : " (and " + before + " complaints before it)";
  }
}
