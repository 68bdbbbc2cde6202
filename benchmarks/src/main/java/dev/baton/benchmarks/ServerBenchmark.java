package dev.baton.benchmarks;

import dev.baton.benchmarks.standalone.StandaloneMain;
import dev.baton.benchmarks.standalone.VertxMain;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.LoadPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The HTTP sample behind Baton in shared mode, compared with a server in a plain JVM. The pairs are
 * spread over rounds with fresh JVMs: two JVMs compile the same code a little differently, which
 * all pairs of one round have in common.
 */
final class ServerBenchmark implements Benchmark {
  private static final double MOST_CPU = 1.05;
  private static final double LEAST_RATE = 0.90;
  private static final long WARM_REQUESTS = 200_000;
  private static final int MOST_WARMUPS = 10;

  private final String name;
  private final Class<?> program;
  private final List<String> arguments;
  private final boolean goals;

  private ServerBenchmark(String name, Class<?> program, List<String> arguments, boolean goals) {
    this.name = name;
    this.program = program;
    this.arguments = arguments;
    this.goals = goals;
  }

  /** Compared with the same plugin: what it costs that a supervisor holds the listener. */
  static Benchmark samePlugin() {
    List<String> arguments =
        List.of(Sample.HTTP.plugin(), BatonServer.LISTENER, String.valueOf(BatonServer.BACKLOG));
    return new ServerBenchmark("shared", StandaloneMain.class, arguments, true);
  }

  /** Compared with a server without worker-api: what the drain of the plugin costs as well. */
  static Benchmark plainVertx() {
    List<String> arguments = List.of(String.valueOf(BatonServer.BACKLOG));
    return new ServerBenchmark("vertx", VertxMain.class, arguments, false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    LoadClient client =
        settings.wrk().isPresent() ? new WrkClient(settings.wrk().get(), folder) : new JavaClient();
    int connections = settings.connections();
    Map<LoadClient.Load, Pairs> measured = new LinkedHashMap<>();
    LoadClient.Load kept = new LoadClient.Load(LoadPlan.Style.KEEP_ALIVE, connections);
    measured.put(kept, new Pairs());
    measured.put(new LoadClient.Load(LoadPlan.Style.NEW_CONNECTION, connections), new Pairs());
    String version = "";
    for (int round = 0; round < settings.rounds(); round++) {
      int until = settings.pairs() * (round + 1) / settings.rounds();
      Path own = Files.createDirectory(folder.resolve("round" + round));
      try (BatonServer baton = BatonServer.start(settings.installation(), own);
          StandaloneServer alone = StandaloneServer.like(baton.worker(), own, program, arguments)) {
        version = baton.version();
        for (var entry : measured.entrySet()) {
          new Round(settings, client, alone, baton, progress)
              .fill(entry.getKey(), entry.getValue(), until);
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    measured.forEach((load, pairs) -> rows.addAll(rows(load, pairs, goals && load.equals(kept))));
    return new Result(List.of(how(settings, client)), version, rows);
  }

  /** One pair of JVMs. */
  private record Round(
      Settings settings, LoadClient client, Server alone, Server baton, PrintStream progress) {
    void fill(LoadClient.Load load, Pairs pairs, int until)
        throws IOException, InterruptedException {
      warmUp(alone, load);
      warmUp(baton, load);
      while (pairs.size() < until) {
        pairs.add(() -> measure(alone, load), () -> measure(baton, load));
        progress.printf("  %s, pair %d of %d%n", load, pairs.size(), settings.pairs());
        progress.printf("    %-13s %s%n", alone.name(), pairs.lastReference());
        progress.printf("    %-13s %s%n", baton.name(), pairs.lastTested());
      }
    }

    /** By requests, too: on a slow machine some seconds of load are not enough to be compiled. */
    private void warmUp(Server server, LoadClient.Load load)
        throws IOException, InterruptedException {
      long sent = 0;
      for (int i = 0; i < MOST_WARMUPS && sent < WARM_REQUESTS; i++) {
        sent += client.send(server.target(), load, settings.warmup()).requests();
      }
      progress.printf("  %s, %s: warm after %d requests%n", load, server.name(), sent);
    }

    private Measurement measure(Server server, LoadClient.Load load)
        throws IOException, InterruptedException {
      return Measurement.of(server, client, load, settings.run());
    }
  }

  private static String how(Settings settings, LoadClient client) {
    return String.format(
        "%d pairs of %d s in %d rounds, %d connections, load by %s on the same machine.",
        settings.pairs(),
        settings.run().toSeconds(),
        settings.rounds(),
        settings.connections(),
        client.name());
  }

  private static List<Row> rows(LoadClient.Load load, Pairs pairs, boolean goals) {
    Row cpu = ratio(load, "server CPU per request", pairs.ratio(Measurement::cpuMicrosPerRequest));
    Row rate = ratio(load, "requests a second", pairs.ratio(Measurement::perSecond));
    List<Row> rows = new ArrayList<>();
    rows.add(goals ? cpu.goal(Goal.Kind.AT_MOST, MOST_CPU) : cpu);
    rows.add(goals ? rate.goal(Goal.Kind.AT_LEAST, LEAST_RATE) : rate);
    rows.add(ratio(load, "p50", pairs.ratio(Measurement::p50Micros)));
    rows.add(ratio(load, "p99", pairs.ratio(Measurement::p99Micros)));
    rows.addAll(
        sides(load, "server CPU per request, us", pairs, 2, Measurement::cpuMicrosPerRequest));
    rows.addAll(sides(load, "requests a second", pairs, 0, Measurement::perSecond));
    rows.addAll(sides(load, "CPUs that the server keeps busy", pairs, 2, Measurement::cpus));
    return rows;
  }

  private static Row ratio(LoadClient.Load load, String what, Series series) {
    return Row.of(load + ": " + what + ", behind Baton / alone", series, 3);
  }

  private static List<Row> sides(
      LoadClient.Load load,
      String what,
      Pairs pairs,
      int decimals,
      ToDoubleFunction<Measurement> figure) {
    return List.of(
        Row.of(load + ", alone: " + what, pairs.reference(figure), decimals),
        Row.of(load + ", behind Baton: " + what, pairs.tested(figure), decimals));
  }
}
