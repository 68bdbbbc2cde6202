package dev.baton.benchmarks;

import dev.baton.benchmarks.streams.StreamsMain;
import dev.baton.supervisor.cli.BatonVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A UNIX-domain stream compared with TCP over the loopback address, in C and in Java. */
final class StreamsBenchmark implements Benchmark {
  private static final List<String> KINDS = List.of("unix", "tcp");
  private static final List<String> MODES = List.of("throughput", "roundtrip");
  private static final List<String> LANGUAGES = List.of("C", "Java");
  private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xmx64m");

  private record Way(String language, String mode, String kind) {}

  @Override
  public String name() {
    return "unix";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    Path reference = new References(settings.checkout(), folder).compile("streams");
    Table<Way> table = new Table<>();
    for (int i = 0; i < settings.repeats(); i++) {
      for (String language : LANGUAGES) {
        for (String mode : MODES) {
          for (String kind : i % 2 == 0 ? KINDS : List.of("tcp", "unix")) {
            Way way = new Way(language, mode, kind);
            double figure = measure(settings, reference, folder, way);
            table.add(way, figure);
            progress.printf("  %s, %s, %s: %,.2f %s%n", language, mode, kind, figure, unit(mode));
          }
        }
      }
    }
    return new Result(List.of(how(settings)), BatonVersion.current(), rows(table));
  }

  private static double measure(Settings settings, Path reference, Path folder, Way way)
      throws IOException, InterruptedException {
    String seconds = String.valueOf(settings.run().toSeconds());
    long[] counted;
    if (way.language().equals("C")) {
      counted = Counting.of(List.of(reference.toString(), way.kind(), way.mode(), seconds));
    } else {
      Path own = Files.createTempDirectory(folder, "s");
      String warmup = String.valueOf(settings.warmup().toSeconds());
      counted =
          Counting.java(
              settings,
              FLAGS,
              StreamsMain.class,
              way.kind(),
              way.mode(),
              own.toString(),
              warmup,
              seconds);
    }
    double perSecond = Counting.perSecond(counted);
    return way.mode().equals("throughput") ? perSecond / (1L << 30) : 1e6 / perSecond;
  }

  private static String unit(String mode) {
    return mode.equals("throughput") ? "GiB a second" : "us";
  }

  private static String how(Settings settings) {
    return String.format(
        "%d runs of %d s of each kind in turn, those in Java after %d s to warm up.",
        settings.repeats(), settings.run().toSeconds(), settings.warmup().toSeconds());
  }

  private static List<Row> rows(Table<Way> table) {
    List<Row> rows = new ArrayList<>();
    for (String language : LANGUAGES) {
      for (String mode : MODES) {
        Way unix = new Way(language, mode, "unix");
        Way tcp = new Way(language, mode, "tcp");
        rows.add(Row.of(language + ": " + mode + ", UNIX / TCP", table.ratio(unix, tcp), 2));
        rows.add(Row.of(language + ": " + mode + ", UNIX, " + unit(mode), table.of(unix), 2));
        rows.add(Row.of(language + ": " + mode + ", TCP, " + unit(mode), table.of(tcp), 2));
      }
    }
    return rows;
  }
}
