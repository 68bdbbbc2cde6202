package dev.baton.benchmarks;

import dev.baton.benchmarks.OpenTable.Turn;
import dev.baton.benchmarks.OpenTable.Way;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A file that the supervisor opens for a worker, compared with one that it opens itself. */
final class OpenBenchmark implements Benchmark {
  @Override
  public String name() {
    return "open";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    OpenTable table = new OpenTable();
    try (OpeningServer server = OpeningServer.start(settings.installation(), folder)) {
      for (Way way : Way.values()) {
        server.measure(way, settings.warmup());
      }
      List<Way> order = new ArrayList<>(List.of(Way.values()));
      for (int i = 0; i < settings.repeats(); i++) {
        for (Way way : order) {
          Turn turn = server.measure(way, settings.run());
          table.add(way, turn);
          progress.printf("  %s: %s%n", way, turn);
        }
        // Each turn begins with another one.
        Collections.rotate(order, 1);
      }
      return new Result(List.of(how(settings)), server.version(), table.rows());
    }
  }

  private static String how(Settings settings) {
    return String.format(
        "%d runs of %d s of each kind in turn, after %d s each to warm up.",
        settings.repeats(), settings.run().toSeconds(), settings.warmup().toSeconds());
  }
}
