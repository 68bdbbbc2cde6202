package dev.baton.benchmarks;

import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a pool notices of another one whose plugin does not start: latencies of hello at a fixed
 * rate, with the other pool scaled to one worker and to none, in turn.
 */
final class CrashLoopBenchmark implements Benchmark {
  private static final String GOOD = "good";
  private static final String BAD = "bad";
  private static final double RATE = 200;
  private static final double MOST = 1.5;

  /**
   * The first starts of a loop with the default backoff, which are its busiest time. The first one
   * is nobody's loop yet and takes what it needs; 6,000 requests, so that what it costs alone does
   * not decide the slowest hundredth.
   */
  private static final Duration SIDE = Duration.ofSeconds(30);

  /**
   * One run.
   *
   * @param cpuPercent of the supervisor, in % of one core
   * @param starts of the workers that fail
   */
  private record Run(double p99Micros, double cpuPercent, double starts) {}

  @Override
  public String name() {
    return "crashloop";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    List<Run> without = new ArrayList<>();
    List<Run> with = new ArrayList<>();
    try (Instance instance =
        Instance.launch(
            settings.installation(),
            settings.installation().launcher(),
            folder,
            conf(settings, folder),
            Map.of())) {
      instance.awaitServing();
      Target target = instance.target(GOOD);
      scale(instance, 1); // what the supervisor does at an end is compiled, too, when it counts
      measure(instance, target, SIDE);
      scale(instance, 0);
      measure(instance, target, settings.warmup());
      for (int i = 0; i < settings.pairs(); i++) {
        for (boolean failing : List.of(i % 2 == 0, i % 2 == 1)) {
          scale(instance, 0); // a loop that went on would have come to its longest delays
          if (failing) {
            scale(instance, 1);
          }
          Run run = measure(instance, target, SIDE);
          (failing ? with : without).add(run);
          progress.printf("  %s the crash loop: %s%n", failing ? "with" : "without", run);
        }
      }
      return new Result(List.of(how(settings)), instance.version(), rows(without, with));
    }
  }

  private static Path conf(Settings settings, Path folder) throws IOException {
    ConfFile conf = ConfFile.in(folder).tcp(GOOD);
    conf.pool(
        GOOD,
        pool ->
            pool.sample(settings.installation(), Sample.HELLO)
                .workers(1)
                .listeners(GOOD)
                .heap("64m"));
    conf.pool(
        BAD,
        pool ->
            pool.sample(settings.installation(), Sample.HELLO)
                .plugin("none.None")
                .workers(0)
                .heap("64m"));
    return conf.write();
  }

  private static void scale(Instance instance, int workers) throws IOException {
    String body = "{\"workers\":" + workers + "}";
    instance.post("/v1/pools/" + BAD + "/scale", body, Duration.ofSeconds(60));
  }

  private static Run measure(Instance instance, Target target, Duration time)
      throws IOException, InterruptedException {
    Instant begin = Instant.now();
    CpuClock clock = CpuClock.of(instance.pid());
    double cpu = clock.seconds();
    LoadReport report;
    try (LoadGenerator generator = new LoadGenerator()) {
      generator.start(LoadPlan.newConnections(target).rate(RATE));
      Thread.sleep(time.toMillis());
      report = generator.stop();
    }
    if (report.lost() > 0) {
      throw new IOException("not every request was answered: " + report);
    }
    double seconds = report.duration().toNanos() / 1e9;
    double percent = 100 * (clock.seconds() - cpu) / seconds;
    return new Run(report.p99Micros(), percent, starts(instance, begin));
  }

  /** How often the journal, which keeps the newest entries, has one of them start. */
  private static long starts(Instance instance, Instant since) throws IOException {
    return instance.events().stream()
        .filter(e -> e.path("subject").asText().startsWith(BAD + "/"))
        .filter(e -> e.path("text").asText().startsWith("started, pid"))
        .filter(e -> Instant.parse(e.path("time").asText()).isAfter(since))
        .count();
  }

  private static String how(Settings settings) {
    return "%d pairs of %d s, %.0f requests a second, each on a new connection; backoff by default."
        .formatted(settings.pairs(), SIDE.toSeconds(), RATE);
  }

  private static List<Row> rows(List<Run> without, List<Run> with) {
    Series calm = new Series(without.stream().map(Run::p99Micros).toList());
    Series failing = new Series(with.stream().map(Run::p99Micros).toList());
    return List.of(
        Row.of("p99, with a crash loop / without", failing.dividedBy(calm), 2)
            .goal(Goal.Kind.AT_MOST, MOST),
        Row.of("p99 without, us", calm, 0),
        Row.of("p99 with a crash loop, us", failing, 0),
        Row.of(
            "supervisor without: CPU, % of one core",
            new Series(without.stream().map(Run::cpuPercent).toList()), 2),
        Row.of(
            "supervisor with a crash loop: CPU, % of one core",
            new Series(with.stream().map(Run::cpuPercent).toList()), 2),
        Row.of(
            "starts of the worker that crashes, in a run",
            new Series(with.stream().map(Run::starts).toList()),
            0));
  }
}
