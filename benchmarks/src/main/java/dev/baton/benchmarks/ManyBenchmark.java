package dev.baton.benchmarks;

import dev.baton.e2e.kit.ConfFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What up to 1,000 workers cost their supervisor. They are programs in C that speak the protocol
 * and do nothing else ({@code worker.c}), since a machine cannot bear so many JVMs.
 */
final class ManyBenchmark implements Benchmark {
  private static final List<Integer> SIZES = List.of(125, 250, 500, 1000);
  private static final String POOL = "many";

  /** A cost per worker that grows with their number would be 8 times that of the fewest. */
  private static final double MOST_GROWTH = 1.25;

  @Override
  public String name() {
    return "many";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    Path program = new References(settings.checkout(), folder).compile("worker");
    ManySeries all = new ManySeries();
    String version;
    try (Instance instance =
        Instance.launch(
            settings.installation(),
            settings.installation().launcher(),
            folder,
            conf(folder, program),
            Map.of())) {
      instance.awaitServing();
      version = instance.version();
      ManyWorkers workers = new ManyWorkers(instance, POOL);
      workers.cycle(SIZES.get(1), settings.idle().dividedBy(10)); // not counted: it warms up
      for (int round = 0; round < settings.rounds(); round++) {
        List<Integer> order = new ArrayList<>(SIZES);
        if (round % 2 == 1) {
          Collections.reverse(order);
        }
        for (int size : order) {
          ManyWorkers.Cycle cycle = workers.cycle(size, settings.idle());
          progress.printf("  %d: %s%n", size, cycle);
          all.add(size, cycle);
        }
      }
    }
    return new Result(List.of(how(settings)), version, rows(all));
  }

  private static Path conf(Path folder, Path program) throws IOException {
    Path unused = Files.createFile(folder.resolve("unused.jar"));
    ConfFile conf = ConfFile.in(folder).unix(POOL);
    conf.pool(
        POOL,
        pool ->
            pool.plugin("none.None")
                .classPath(unused.toString())
                .workers(0)
                .listeners(POOL)
                .set("jvm.java", program.toString()));
    return conf.write();
  }

  private static String how(Settings settings) {
    return "%d rounds in one supervisor, after one with %d workers that is not counted; at rest for %d s."
        .formatted(settings.rounds(), SIZES.get(1), settings.idle().toSeconds());
  }

  private static List<Row> rows(ManySeries all) {
    int few = SIZES.get(0);
    int many = SIZES.get(SIZES.size() - 1);
    List<Row> rows = new ArrayList<>();
    for (ManySeries.Figure figure : ManySeries.Figure.values()) {
      if (figure.step()) {
        Series growth = all.of(many, figure).dividedBy(all.of(few, figure));
        String what = "%s, %,d workers / %,d".formatted(figure.words(), many, few);
        rows.add(Row.of(what, growth, 2).goal(Goal.Kind.AT_MOST, MOST_GROWTH));
      }
    }
    for (ManySeries.Figure figure : ManySeries.Figure.values()) {
      for (int size : SIZES) {
        rows.add(Row.of("%s: %,d".formatted(figure.words(), size), all.of(size, figure), 2));
      }
    }
    return rows;
  }
}
