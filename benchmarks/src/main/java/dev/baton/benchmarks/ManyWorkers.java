package dev.baton.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Proc;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One pool that is started, replaced and stopped as a whole, and what that takes of its supervisor.
 * Progress is seen by the processes that there are: a supervisor that is asked again and again
 * would be measured answering. For one thread.
 */
final class ManyWorkers {
  private static final Duration LONGEST = Duration.ofMinutes(20);
  private static final double MIB = 1 << 20;

  private final Instance instance;
  private final String pool;

  ManyWorkers(Instance instance, String pool) {
    this.instance = instance;
    this.pool = pool;
  }

  /**
   * One step of all workers.
   *
   * @param seconds from the command to the last worker
   * @param cpuSeconds of the supervisor
   */
  record Step(double seconds, double cpuSeconds) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.2f s (CPU %.2f s)", seconds, cpuSeconds);
    }
  }

  /**
   * From no worker to many and back.
   *
   * @param restPercent of one core, while they only answer heartbeats
   * @param supervisorMib the supervisor's proportional set size with them
   * @param workerMib that of the largest of some workers
   */
  record Cycle(
      int workers,
      Step start,
      double restPercent,
      double supervisorMib,
      double workerMib,
      Step restart,
      Step stop) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "start %s, at rest %.2f %% CPU, %.1f MiB, restart %s, stop %s",
          start,
          restPercent,
          supervisorMib,
          restart,
          stop);
    }
  }

  /** Takes all figures of one number of workers. */
  Cycle cycle(int workers, Duration rest) throws IOException, InterruptedException {
    Step start =
        step(
            () -> {
              scale(workers);
              await(workers);
              Deadline.await(LONGEST, "all serve", () -> serving() == workers, this::describe);
            });
    double percent = 100 * step(() -> Thread.sleep(rest.toMillis())).cpuSeconds() / seconds(rest);
    double supervisor = pssMib(instance.pid());
    double worker = 0;
    List<Long> pids = instance.workerPids();
    for (long pid : pids.subList(0, Math.min(10, pids.size()))) {
      worker = Math.max(worker, pssMib(pid));
    }
    Step restart = step(this::restart);
    Step stop =
        step(
            () -> {
              scale(0);
              await(0);
            });
    return new Cycle(workers, start, percent, supervisor, worker, restart, stop);
  }

  /** Something that is measured. */
  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  private Step step(Action action) throws IOException, InterruptedException {
    CpuClock clock = CpuClock.of(instance.pid());
    double cpu = clock.seconds();
    long begin = System.nanoTime();
    action.run();
    return new Step((System.nanoTime() - begin) / 1e9, clock.seconds() - cpu);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }

  private void scale(int workers) throws IOException {
    String body = "{\"workers\":" + workers + "}";
    instance.post("/v1/pools/" + pool + "/scale", body, LONGEST);
  }

  private void restart() throws IOException {
    String answer = instance.post("/v1/pools/" + pool + "/restart", "{}", LONGEST);
    if (!answer.contains("\"done\":true")) {
      throw new IOException("the rollout failed: " + answer);
    }
  }

  private void await(int processes) throws IOException, InterruptedException {
    Deadline.await(
        LONGEST,
        processes + " processes",
        () -> {
          instance.requireAlive();
          return instance.children() == processes;
        },
        this::describe);
  }

  private int serving() throws IOException {
    int count = 0;
    for (JsonNode worker : instance.status().at("/pools/0/workers")) {
      count += worker.path("state").asText().equals("serving") ? 1 : 0;
    }
    return count;
  }

  private String describe() {
    try {
      return instance.children() + " processes, " + serving() + " serving";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static double pssMib(long pid) throws IOException {
    return Proc.pssBytes(pid).orElseThrow(() -> new IOException(pid + " has ended")) / MIB;
  }
}
