package dev.baton.supervisor.dispatch;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets the first warning of a cause through, and then one in ten seconds with how many there were.
 */
final class Warnings {
  private static final long QUIET = TimeUnit.SECONDS.toNanos(10);

  private final Consumer<String> sink;
  private final Map<String, Cause> causes = new HashMap<>();

  Warnings(Consumer<String> sink) {
    this.sink = sink;
  }

  private static final class Cause {
    private long lastSaid;
    private long since;
  }

  /**
   * Something happened.
   *
   * @param cause one of few: each is remembered
   * @param now of {@link System#nanoTime}
   */
  void say(String cause, String text, long now) {
    Cause known = causes.get(cause);
    if (known == null) {
      known = new Cause();
      causes.put(cause, known);
    } else if (now - known.lastSaid < QUIET) {
      known.since++;
      return;
    }
    sink.accept(known.since == 0 ? text : text + " (" + known.since + " more times since)");
    known.lastSaid = now;
    known.since = 0;
  }
}
