package dev.baton.benchmarks;

import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Sample;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A rolling restart of two hello workers. */
final class RestartBenchmark implements Benchmark {
  private static final double GOAL_SECONDS = 2.5;
  private static final String POOL = "hello";

  @Override
  public String name() {
    return "restart";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    ConfFile conf =
        ConfFile.in(folder)
            .tcp(POOL)
            .pool(
                POOL,
                pool ->
                    pool.sample(settings.installation(), Sample.HELLO)
                        .workers(2)
                        .listeners(POOL)
                        .heap("64m"));
    List<Double> command = new ArrayList<>();
    List<Double> rollout = new ArrayList<>();
    List<Double> worker = new ArrayList<>();
    try (Instance instance =
        Instance.launch(
            settings.installation(),
            settings.installation().launcher(),
            folder,
            conf.write(),
            Map.of())) {
      instance.awaitServing();
      for (int i = 0; i <= settings.repeats(); i++) {
        double byCommand = seconds(() -> instance.cli("restart", POOL));
        double alone = seconds(() -> requireDone(instance.post("/v1/pools/" + POOL + "/restart")));
        progress.printf(
            "  command %.3f s, rollout %.3f s%s%n",
            byCommand, alone, i == 0 ? " (not counted)" : "");
        if (i > 0) {
          command.add(byCommand);
          rollout.add(alone);
          worker.addAll(WorkerStarts.secondsToReady(instance));
        }
      }
      List<Row> rows =
          List.of(
              Row.of("bin/baton restart, s", new Series(command), 2)
                  .goal(Goal.Kind.AT_MOST, GOAL_SECONDS),
              Row.of("the rollout alone, asked of the admin API, s", new Series(rollout), 2),
              Row.of("a worker in it, from its process to ready, s", new Series(worker), 2));
      String how = settings.repeats() + " rollouts of each kind, after one that is not counted.";
      return new Result(List.of(how), instance.version(), rows);
    }
  }

  /** Something that takes time. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  private static double seconds(Action action) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    action.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void requireDone(String answer) throws IOException {
    if (!answer.contains("\"done\":true")) {
      throw new IOException("the rollout failed: " + answer);
    }
  }
}
