package dev.baton.benchmarks;

import dev.baton.e2e.kit.Proc;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a supervisor of the shipped configuration takes while nobody asks anything. */
final class IdleBenchmark implements Benchmark {
  private static final double MOST_PERCENT = 0.5;
  private static final double MOST_MIB = 150;
  private static final int WINDOWS = 3;
  private static final long SETTLE_MILLIS = 10_000;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    Path dist = settings.installation().dist();
    ShippedConfiguration conf = ShippedConfiguration.of(dist);
    List<Double> percent = new ArrayList<>();
    List<Double> supervisor = new ArrayList<>();
    List<Double> workers = new ArrayList<>();
    try (Instance instance =
        Instance.launch(
            settings.installation(),
            settings.installation().launcher(),
            folder,
            conf.file(),
            conf.variables())) {
      instance.awaitServing();
      List<Long> pids = instance.workerPids();
      String version = instance.version();
      Thread.sleep(SETTLE_MILLIS);
      for (int i = 0; i < WINDOWS; i++) {
        percent.add(cpuPercent(instance, settings.idle().toMillis()));
        supervisor.add(pssMib(instance.pid()));
        progress.printf("  %.3f %% CPU, %.1f MiB%n", percent.get(i), supervisor.get(i));
      }
      for (long pid : pids) {
        workers.add(pssMib(pid));
      }
      List<Row> rows =
          List.of(
              Row.of("supervisor: CPU, % of one core", new Series(percent), 2)
                  .goal(Goal.Kind.BELOW, MOST_PERCENT),
              Row.of("supervisor: proportional set size, MiB", new Series(supervisor), 1)
                  .goal(Goal.Kind.AT_MOST, MOST_MIB),
              Row.of("each worker: proportional set size, MiB", new Series(workers), 1));
      return new Result(List.of(how(settings, pids.size())), version, rows);
    }
  }

  private static String how(Settings settings, int workers) {
    return String.format(
        "%d times %d s, after 10 s to settle; %d workers of the shipped configuration.",
        WINDOWS, settings.idle().toSeconds(), workers);
  }

  private static double cpuPercent(Instance instance, long millis) throws InterruptedException {
    CpuClock clock = CpuClock.of(instance.pid());
    long begin = System.nanoTime();
    double before = clock.seconds();
    Thread.sleep(millis);
    double used = clock.seconds() - before;
    return 100 * used / ((System.nanoTime() - begin) / 1e9);
  }

  private static double pssMib(long pid) throws IOException {
    return Proc.pssBytes(pid)
            .orElseThrow(() -> new IOException("process " + pid + " has ended"))
            .doubleValue()
        / (1 << 20);
  }
}
