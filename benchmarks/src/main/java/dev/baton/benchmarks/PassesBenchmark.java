package dev.baton.benchmarks;

import dev.baton.benchmarks.passing.PassesMain;
import dev.baton.supervisor.cli.BatonVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors that pass from one process to another, through our channel with its JSON and from C
 * to C without any: one, some and the most beside a message.
 */
final class PassesBenchmark implements Benchmark {
  private static final double LEAST_SINGLE = 0.7;
  private static final double LEAST_BATCHED = 2;
  private static final List<Integer> COUNTS = List.of(1, 16, 253);
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-Xmx64m", "--enable-native-access=ALL-UNNAMED");

  private record Way(boolean ours, int count) {
    @Override
    public String toString() {
      return (ours ? "our channel" : "C") + ", " + count + " beside a message";
    }
  }

  @Override
  public String name() {
    return "passes";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    Path reference = new References(settings.checkout(), folder).compile("passes");
    Table<Way> table = new Table<>();
    for (int i = 0; i < settings.repeats(); i++) {
      for (int count : COUNTS) {
        // Which one comes first alternates.
        for (boolean ours : i % 2 == 0 ? List.of(false, true) : List.of(true, false)) {
          Way way = new Way(ours, count);
          double rate = measure(settings, reference, way);
          table.add(way, rate);
          progress.printf("  %s: %,.0f descriptors a second%n", way, rate);
        }
      }
    }
    return new Result(List.of(how(settings)), BatonVersion.current(), rows(table));
  }

  private static double measure(Settings settings, Path reference, Way way)
      throws IOException, InterruptedException {
    String count = String.valueOf(way.count());
    String seconds = String.valueOf(settings.run().toSeconds());
    String warmup = String.valueOf(settings.warmup().toSeconds());
    long[] counted =
        way.ours()
            ? Counting.java(settings, FLAGS, PassesMain.class, count, warmup, seconds)
            : Counting.of(List.of(reference.toString(), count, seconds));
    return way.count() * Counting.perSecond(counted);
  }

  private static String how(Settings settings) {
    return String.format(
        "%d runs of %d s of each kind in turn, ours after %d s to warm up.",
        settings.repeats(), settings.run().toSeconds(), settings.warmup().toSeconds());
  }

  private static List<Row> rows(Table<Way> table) {
    Way single = new Way(false, 1);
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.of("1 a message: our channel / C", table.ratio(new Way(true, 1), single), 2)
            .goal(Goal.Kind.AT_LEAST, LEAST_SINGLE));
    rows.add(
        Row.of("16 a message: our channel / C with 1", table.ratio(new Way(true, 16), single), 2)
            .goal(Goal.Kind.AT_LEAST, LEAST_BATCHED));
    for (int count : COUNTS.subList(1, COUNTS.size())) {
      Series ratio = table.ratio(new Way(true, count), new Way(false, count));
      rows.add(Row.of(count + " a message: our channel / C", ratio, 2));
    }
    for (int count : COUNTS) {
      for (boolean ours : List.of(false, true)) {
        String who = ours ? "our channel" : "C";
        String figure = count + " a message, " + who + ": descriptors a second";
        rows.add(Row.of(figure, table.of(new Way(ours, count)), 0));
      }
    }
    return rows;
  }
}
