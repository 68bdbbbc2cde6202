package dev.baton.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of {@link ManyWorkers}, by how many they were. */
final class ManySeries {
  private final Map<Integer, List<ManyWorkers.Cycle>> bySize = new HashMap<>();

  /** What is told of each size. */
  enum Figure {
    START_CPU(
        "start: CPU of the supervisor per worker, ms", true, c -> perWorker(c, c.start(), true)),
    RESTART_CPU(
        "restart: CPU of the supervisor per worker, ms",
        true,
        c -> perWorker(c, c.restart(), true)),
    STOP_CPU("stop: CPU of the supervisor per worker, ms", true, c -> perWorker(c, c.stop(), true)),
    START("start: time per worker, ms", true, c -> perWorker(c, c.start(), false)),
    RESTART("restart: time per worker, ms", true, c -> perWorker(c, c.restart(), false)),
    STOP("stop: time per worker, ms", true, c -> perWorker(c, c.stop(), false)),
    REST("at rest: CPU of the supervisor, % of one core", false, ManyWorkers.Cycle::restPercent),
    SUPERVISOR(
        "proportional set size of the supervisor, MiB", false, ManyWorkers.Cycle::supervisorMib),
    WORKER("proportional set size of a worker, MiB", false, ManyWorkers.Cycle::workerMib);

    private final String words;
    private final boolean step;
    private final ToDoubleFunction<ManyWorkers.Cycle> value;

    Figure(String words, boolean step, ToDoubleFunction<ManyWorkers.Cycle> value) {
      this.words = words;
      this.step = step;
      this.value = value;
    }

    String words() {
      return words;
    }

    /** Whether it is the cost of a step per worker, which should not grow. */
    boolean step() {
      return step;
    }

    private static double perWorker(ManyWorkers.Cycle c, ManyWorkers.Step step, boolean cpu) {
      return 1e3 * (cpu ? step.cpuSeconds() : step.seconds()) / c.workers();
    }
  }

  void add(int size, ManyWorkers.Cycle cycle) {
    bySize.computeIfAbsent(size, s -> new ArrayList<>()).add(cycle);
  }

  /** One figure of one size, in the order of the rounds. */
  Series of(int size, Figure figure) {
    return new Series(bySize.get(size).stream().mapToDouble(figure.value).boxed().toList());
  }
}
