package dev.baton.benchmarks;

import dev.baton.load.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One server under load for a while.
 *
 * @param answers what the client saw
 * @param cpuSeconds what the server's processes took
 * @param handOffSeconds the part of the one that accepts for others; 0 when there is none
 */
record Measurement(LoadClient.Answers answers, double cpuSeconds, double handOffSeconds) {
  static Measurement of(Server server, LoadClient client, LoadClient.Load load, Duration time)
      throws IOException, InterruptedException {
    CpuClock clock = server.cpu();
    Target target = server.target();
    Optional<CpuClock> front = server.handOffCpu();
    double before = clock.seconds();
    double frontBefore = front.map(CpuClock::seconds).orElse(0.0);
    LoadClient.Answers answers = client.send(target, load, time);
    double frontAfter = front.map(CpuClock::seconds).orElse(0.0);
    return new Measurement(answers, clock.seconds() - before, frontAfter - frontBefore);
  }

  double cpuMicrosPerRequest() {
    return cpuSeconds * 1e6 / answers.requests();
  }

  double handOffMicrosPerRequest() {
    return handOffSeconds * 1e6 / answers.requests();
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
