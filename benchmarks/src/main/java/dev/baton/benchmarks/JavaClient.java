package dev.baton.benchmarks;

import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import dev.baton.load.Target;
import java.io.IOException;
import java.time.Duration;

/** The load generator of the end-to-end tests, one thread in this JVM. */
final class JavaClient implements LoadClient {
  @Override
  public String name() {
    return "the load generator of the tests";
  }

  @Override
  public Answers send(Target target, Load load, Duration time)
      throws IOException, InterruptedException {
    LoadPlan plan =
        load.style() == LoadPlan.Style.KEEP_ALIVE
            ? LoadPlan.keepAlive(target, load.connections())
            : LoadPlan.newConnections(target).connections(load.connections());
    LoadReport report;
    try (LoadGenerator generator = new LoadGenerator()) {
      generator.start(plan);
      Thread.sleep(time.toMillis());
      report = generator.stop();
    }
    long ok = report.count(Outcome.OK);
    if (ok == 0 || report.lost() + report.count(Outcome.LATE) > 0) {
      throw new IOException("not every request was answered: " + report);
    }
    double seconds = report.duration().toNanos() / 1e9;
    return new Answers(ok, seconds, report.p50Micros(), report.p99Micros());
  }
}
