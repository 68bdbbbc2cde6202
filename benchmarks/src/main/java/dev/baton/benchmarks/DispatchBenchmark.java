package dev.baton.benchmarks;

import dev.baton.load.LoadPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A new connection for each request: handed off by our supervisor, and accepted or handed off by
 * others. All of them stand ready at once and are measured in turn.
 */
final class DispatchBenchmark implements Benchmark {
  private static final long WARM_REQUESTS = 100_000;
  private static final int MOST_WARMUPS = 10;
  private static final long ALLOCATING_REQUESTS = 200_000;
  private static final String SINGLE_REQUESTS = "3000";
  private static final String SINGLE_PAUSE_MICROS = "200";

  @Override
  public String name() {
    return "dispatch";
  }

  @Override
  public Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException {
    LoadClient client =
        settings.wrk().isPresent() ? new WrkClient(settings.wrk().get(), folder) : new JavaClient();
    References references = new References(settings.checkout(), folder);
    Path single = references.compile("client");
    DispatchTable table = new DispatchTable();
    Set<String> how = new LinkedHashSet<>(List.of(how(settings, client)));
    String version = "";
    for (int round = 0; round < settings.rounds(); round++) {
      int from = settings.pairs() * round / settings.rounds();
      int until = settings.pairs() * (round + 1) / settings.rounds();
      Path own = Files.createDirectory(folder.resolve("round" + round));
      try (Contestants contestants = Contestants.start(settings, references, own)) {
        how.addAll(contestants.missing());
        version = contestants.dispatch().version();
        Turns turns = new Turns(settings, client, single, contestants, table, progress);
        turns.warmUp();
        for (int turn = from; turn < until; turn++) {
          turns.take(turn);
        }
        turns.allocation();
      }
    }
    return new Result(List.copyOf(how), version, table.rows());
  }

  /** What one set of servers is asked. */
  private record Turns(
      Settings settings,
      LoadClient client,
      Path single,
      Contestants contestants,
      DispatchTable table,
      PrintStream progress) {
    private LoadClient.Load load() {
      return new LoadClient.Load(LoadPlan.Style.NEW_CONNECTION, settings.connections());
    }

    /** By requests, too: on a slow machine some seconds of load are not enough to be compiled. */
    void warmUp() throws IOException, InterruptedException {
      for (Server server : contestants.all()) {
        long sent = send(server, WARM_REQUESTS);
        progress.printf("  %s: warm after %d requests%n", server.name(), sent);
      }
    }

    private long send(Server server, long requests) throws IOException, InterruptedException {
      long sent = 0;
      for (int i = 0; i < MOST_WARMUPS && sent < requests; i++) {
        sent += client.send(server.target(), load(), settings.warmup()).requests();
      }
      return sent;
    }

    /** Each of them once, beginning with another one every time. */
    void take(int turn) throws IOException, InterruptedException {
      List<Server> order = new ArrayList<>(contestants.all());
      Collections.rotate(order, -turn);
      progress.printf("  turn %d of %d%n", turn + 1, settings.pairs());
      for (Server server : order) {
        Measurement measured = Measurement.of(server, client, load(), settings.run());
        long[] alone = single(server);
        table.add(server.name(), measured, alone);
        progress.printf(
            "    %-24s %s; alone: answer after %.0f us, end %.0f us later%n",
            server.name(), measured, alone[0] / 1e3, alone[2] / 1e3);
      }
    }

    /** Nanoseconds to the answer and from there to end-of-file, median and p99 of each. */
    private long[] single(Server server) throws IOException, InterruptedException {
      int port = ((InetSocketAddress) server.target().address()).getPort();
      return Counting.of(
          List.of(single.toString(), String.valueOf(port), SINGLE_REQUESTS, SINGLE_PAUSE_MICROS));
    }

    /** After the turns, when the supervisor's code is compiled and its tables have grown. */
    void allocation() throws IOException, InterruptedException {
      PluginServer server = contestants.dispatch();
      Path javaHome = settings.installation().javaHome();
      ThreadAllocation before = ThreadAllocation.of(javaHome, server.supervisor());
      long sent = send(server, ALLOCATING_REQUESTS);
      ThreadAllocation after = ThreadAllocation.of(javaHome, server.supervisor());
      double bytes = (double) after.since(before) / sent;
      table.addAllocation(bytes);
      progress.printf("  allocated in the supervisor: %.1f bytes a hand-off%n", bytes);
      after.bytes().forEach((thread, total) -> explain(before, thread, total, sent));
    }

    private void explain(ThreadAllocation before, String thread, long total, long sent) {
      double each = (total - before.bytes().getOrDefault(thread, 0L)) / (double) sent;
      if (each >= 1) {
        progress.printf("    %.1f by %s%n", each, thread);
      }
    }
  }

  private static String how(Settings settings, LoadClient client) {
    return String.format(
        "Two workers each; %d turns of %d s in %d rounds, %d connections, load by %s on the same"
            + " machine; then %s requests one after another, %s us apart.",
        settings.pairs(),
        settings.run().toSeconds(),
        settings.rounds(),
        settings.connections(),
        client.name(),
        SINGLE_REQUESTS,
        SINGLE_PAUSE_MICROS);
  }
}
