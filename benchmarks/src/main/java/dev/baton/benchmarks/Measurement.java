package dev.baton.benchmarks;

import dev.baton.load.Target;
import java.io.IOException;
import java.time.Duration;

/**
 * One server under load for a while.
 *
 * @param answers what the client saw
 * @param cpuSeconds what the server's processes took
 */
record Measurement(LoadClient.Answers answers, double cpuSeconds) {
  static Measurement of(Server server, LoadClient client, LoadClient.Load load, Duration time)
      throws IOException, InterruptedException {
    CpuClock clock = server.cpu();
    Target target = server.target();
    double before = clock.seconds();
    LoadClient.Answers answers = client.send(target, load, time);
    return new Measurement(answers, clock.seconds() - before);
  }

  double cpuMicrosPerRequest() {
    return cpuSeconds * 1e6 / answers.requests();
  }

  double perSecond() {
    return answers.perSecond();
  }

  double p50Micros() {
    return answers.p50Micros();
  }

  double p99Micros() {
    return answers.p99Micros();
  }

  /** How many CPUs the server kept busy. */
  double cpus() {
    return cpuSeconds / answers.seconds();
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "%,.0f/s, %.2f us CPU, p50 %.0f us, p99 %.0f us",
        perSecond(),
        cpuMicrosPerRequest(),
        p50Micros(),
        p99Micros());
  }
}
