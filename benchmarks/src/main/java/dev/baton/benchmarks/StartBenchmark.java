package dev.baton.benchmarks;

import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From {@code bin/baton run} to the first answer of a hello worker. */
final class StartBenchmark implements Benchmark {
  private static final double GOAL_SECONDS = 2;
  private static final long POLL_MILLIS = 2;
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(60);

  /** A checkout that is not built yet builds first; that start is not counted. */
  private static final long LONGEST_NANOS = 600_000_000_000L;

  private String version = "";

  @Override
  public String name() {
    return "start";
  }

  /**
   * One way to start it.
   *
   * @param folder which its runtime directory is in
   */
  private record Start(
      Path program, Path folder, Path conf, Map<String, String> variables, Target hello) {}

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    Path dist = settings.installation().dist();
    List<Row> rows = new ArrayList<>();
    rows.add(
        measure("shipped configuration", shipped(dist, folder), settings, progress)
            .goal(Goal.Kind.BELOW, GOAL_SECONDS));
    if (settings.checkout().isPresent()) {
      Start start = shipped(settings.checkout().get(), folder);
      rows.add(
          measure("shipped configuration, from a built checkout", start, settings, progress)
              .goal(Goal.Kind.BELOW, GOAL_SECONDS));
    }
    rows.add(measure("the pool hello alone", helloAlone(settings, folder), settings, progress));
    String how =
        settings.repeats() + " starts each, after one that is not counted; asked every 2 ms.";
    return new Result(List.of(how), version, rows);
  }

  private static Start shipped(Path home, Path folder) throws IOException {
    Path own = Files.createTempDirectory(folder, "s");
    ShippedConfiguration conf = ShippedConfiguration.of(home);
    return new Start(home.resolve("bin/baton"), own, conf.file(), conf.variables(), conf.hello());
  }

  private static Start helloAlone(Settings settings, Path folder) throws IOException {
    int port = ShippedConfiguration.freePorts(1).get(0);
    ConfFile conf =
        ConfFile.in(Files.createDirectory(folder.resolve("hello")))
            .listener("hello", "tcp://127.0.0.1:" + port)
            .pool(
                "hello",
                pool ->
                    pool.sample(settings.installation(), Sample.HELLO)
                        .workers(2)
                        .listeners("hello")
                        .heap("64m"));
    Path launcher = settings.installation().launcher();
    return new Start(
        launcher, conf.folder(), conf.write(), Map.of(), Target.tcp("127.0.0.1", port));
  }

  private Row measure(String what, Start start, Settings settings, PrintStream progress)
      throws IOException, InterruptedException {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i <= settings.repeats(); i++) {
      double seconds = once(start, settings);
      progress.printf("  %s: %.3f s%s%n", what, seconds, i == 0 ? " (not counted)" : "");
      if (i > 0) {
        times.add(seconds);
      }
    }
    return Row.of("from bin/baton run to the first answer, s: " + what, new Series(times), 2);
  }

  private double once(Start start, Settings settings) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (Instance instance =
        Instance.launch(
            settings.installation(),
            start.program(),
            start.folder(),
            start.conf(),
            start.variables())) {
      awaitAnswer(instance, start.hello(), begin + LONGEST_NANOS);
      double seconds = (System.nanoTime() - begin) / 1e9;
      instance.awaitServing();
      version = instance.version();
      return seconds;
    }
  }

  private static void awaitAnswer(Instance instance, Target hello, long deadline)
      throws IOException, InterruptedException {
    while (System.nanoTime() - deadline < 0) {
      try {
        Http.Response response = Http.request(hello, "GET", "/", "", FIRST_ANSWER);
        if (response.status() == 200) {
          return;
        }
        throw new IOException("hello answers " + response.status() + ": " + response.body());
      } catch (ConnectException e) {
        instance.requireAlive();
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IOException("no answer by " + hello.name());
  }
}
