package dev.baton.supervisor.session;

import dev.baton.fd.OwnedFd;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The new log files of one worker: what waits until it was welcomed, and what it has not answered.
 * Whoever handed one over is told once. Only for the loop's thread.
 */
final class LogChanges implements AutoCloseable {
  private final Map<Long, Consumer<Optional<String>>> sent = new LinkedHashMap<>();
  private OwnedFd waiting;
  private Consumer<Optional<String>> waits = problem -> {};

  /** Keeps it until the worker was welcomed; one that waited before is of no use any more. */
  void keep(OwnedFd log, Consumer<Optional<String>> answered) {
    Consumer<Optional<String>> earlier = waits;
    if (waiting != null) {
      waiting.close();
    }
    waiting = log;
    waits =
        problem -> {
          earlier.accept(problem);
          answered.accept(problem);
        };
  }

  /** What waited; the caller consumes it. Null when nothing did. */
  OwnedFd take() {
    OwnedFd taken = waiting;
    waiting = null;
    return taken;
  }

  /** Who is to be told of what was {@link #take taken}. */
  Consumer<Optional<String>> taker() {
    Consumer<Optional<String>> taker = waits;
    waits = problem -> {};
    return taker;
  }

  void sent(long id, Consumer<Optional<String>> answered) {
    sent.put(id, answered);
  }

  /**
   * An answer came.
   *
   * @param problem why the old file is still written to; empty when it is not
   * @return whether it was to one of these
   */
  boolean answered(Long id, Optional<String> problem) {
    Consumer<Optional<String>> asking = id == null ? null : sent.remove(id);
    if (asking != null) {
      asking.accept(problem);
    }
    return asking != null;
  }

  /** The worker is gone, and writes to no file any more. */
  @Override
  public void close() {
    OwnedFd left = take();
    if (left != null) {
      left.close();
    }
    taker().accept(Optional.empty());
    Map<Long, Consumer<Optional<String>>> open = new LinkedHashMap<>(sent);
    sent.clear();
    open.values().forEach(asking -> asking.accept(Optional.empty()));
  }
}
