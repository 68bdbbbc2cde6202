package dev.baton.benchmarks;

import dev.baton.load.LoadPlan;
import dev.baton.load.Target;
import java.io.IOException;
import java.time.Duration;

/**
 * Sends requests in a closed loop: the next one on a connection when the one before is answered.
 */
interface LoadClient {
  /**
   * What was sent, over TCP to {@code /}.
   *
   * @param connections at once
   */
  record Load(LoadPlan.Style style, int connections) {
    @Override
    public String toString() {
      return style == LoadPlan.Style.KEEP_ALIVE ? "keep-alive" : "new connections";
    }
  }

  /**
   * What became of it. All requests were answered with 200.
   *
   * @param seconds from the first request to the last answer
   */
  record Answers(long requests, double seconds, double p50Micros, double p99Micros) {
    double perSecond() {
      return requests / seconds;
    }
  }

  /** What the report calls it. */
  String name();

  /**
   * Sends load for a time. One call at a time.
   *
   * @throws IOException when a single request was not answered as it should be, since then nothing
   *     was measured
   */
  Answers send(Target target, Load load, Duration time) throws IOException, InterruptedException;
}
