package dev.baton.supervisor.admin;

import java.time.Instant;

/** A line of a worker's output as a JSON object, for a collector of logs. Stateless. */
public final class LogLine {
  private LogLine() {}

  /**
   * One line without its line feed: {@code {"time": …, "worker": "hello/0#3", "pool": "hello",
   * "text": …}}.
   *
   * @param time when the supervisor read it
   */
  public static String json(Instant time, String worker, String pool, String text) {
    return AdminWriter.logLine(time.toString(), worker, pool, text).stripTrailing();
  }
}
