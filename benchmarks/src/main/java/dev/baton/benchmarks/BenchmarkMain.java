package dev.baton.benchmarks;

import dev.baton.e2e.kit.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The program behind {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Measures Baton on this machine, which should do nothing else meanwhile.",
    footer = "%nExit codes: 0 all goals met; 1 one was missed; 100 wrong use; 111 not measured.")
public final class BenchmarkMain implements Callable<Integer> {
  private static final int MISSED = 1;
  private static final int USAGE = 100;
  private static final int SYSTEM = 111;
  private static final String ALL = "all";
  private static final List<Benchmark> BENCHMARKS =
      List.of(
          ServerBenchmark.samePlugin(),
          ServerBenchmark.plainVertx(),
          new StartBenchmark(),
          new RestartBenchmark(),
          new IdleBenchmark(),
          new ManyBenchmark(),
          new CrashLoopBenchmark(),
          new PassesBenchmark(),
          new DispatchBenchmark(),
          new OpenBenchmark(),
          new StreamsBenchmark());

  @Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      defaultValue = ALL,
      description =
          "all, shared, vertx, start, restart, idle, many, crashloop, passes, dispatch, open, unix;"
              + " several are run in this order")
  private List<String> names;

  @Option(names = "--home", required = true, description = "the assembled distribution")
  private Path home;

  @Option(names = "--checkout", description = "a source checkout whose launcher is measured, too")
  private Path checkout;

  @Option(names = "--java", description = "the JDK to measure with (default: the running one)")
  private Path java = Path.of(System.getProperty("java.home"));

  @Option(
      names = "--client",
      defaultValue = "auto",
      description = "wrk, java, or auto: wrk when it is installed (default: ${DEFAULT-VALUE})")
  private String client;

  @Option(
      names = "--pairs",
      defaultValue = "15",
      description =
          "shared, vertx, crashloop, dispatch: runs to compare (default: ${DEFAULT-VALUE})")
  private int pairs;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description =
          "shared, vertx, dispatch: fresh JVMs for so many parts of them; many: rounds (default:"
              + " ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "the length of a run of what serves or passes (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--warmup",
      defaultValue = "5",
      description =
          "seconds to warm up before it, or more until it is warm (default: ${DEFAULT-VALUE})")
  private int warmup;

  @Option(
      names = "--connections",
      defaultValue = "32",
      description = "shared, vertx, dispatch: at once (default: ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--repeats",
      defaultValue = "10",
      description = "start, restart, passes, open, unix: how often (default: ${DEFAULT-VALUE})")
  private int repeats;

  @Option(
      names = "--idle-seconds",
      defaultValue = "30",
      description = "idle, many: the length of each look at rest (default: ${DEFAULT-VALUE})")
  private int idleSeconds;

  @Option(names = "--write", description = "a document whose results are replaced")
  private Path write;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "this text")
  private boolean help;

  private BenchmarkMain() {}

  /** Runs the program. */
  public static void main(String[] args) {
    // Some are in sessions of their own, so Ctrl-C does not reach them.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy)));
    System.exit(
        new CommandLine(new BenchmarkMain())
            .setExecutionExceptionHandler((e, line, parsed) -> report(e))
            .setParameterExceptionHandler(BenchmarkMain::usage)
            .execute(args));
  }

  private static int usage(ParameterException e, String[] args) {
    System.err.println(e.getMessage());
    e.getCommandLine().usage(System.err);
    return USAGE;
  }

  private static int report(Exception e) throws Exception {
    if (e instanceof IOException || e instanceof IllegalStateException) {
      System.err.println("not measured: " + e.getMessage());
      return SYSTEM;
    }
    throw e;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Benchmark> chosen = chosen();
    Settings settings = settings();
    Optional<ResultFile> file = Optional.ofNullable(write).map(ResultFile::new);
    if (file.isPresent()) {
      for (Benchmark benchmark : chosen) {
        file.get().check(benchmark.name());
      }
    }
    Machine machine = Machine.here(settings.installation().javaHome());
    boolean met = true;
    for (Benchmark benchmark : chosen) {
      Result result = measure(benchmark, settings, System.out);
      String table = ResultTable.of(result, machine, LocalDate.now());
      System.out.printf("%n%s%n%n%s%n", benchmark.name(), table);
      if (file.isPresent()) {
        file.get().write(benchmark.name(), table);
      }
      met &= result.met();
    }
    return met ? 0 : MISSED;
  }

  private static Result measure(Benchmark benchmark, Settings settings, PrintStream progress)
      throws IOException, InterruptedException {
    progress.println(benchmark.name());
    // Short, since sockets have their paths in it.
    Path folder = Files.createTempDirectory("bb");
    try {
      return benchmark.run(settings, folder, progress);
    } catch (AssertionError e) {
      // The test kit's way to say that something did not happen in time.
      throw new IOException(e.getMessage(), e);
    } finally {
      delete(folder);
    }
  }

  private List<Benchmark> chosen() {
    List<String> known = BENCHMARKS.stream().map(Benchmark::name).toList();
    for (String name : names) {
      if (!name.equals(ALL) && !known.contains(name)) {
        throw wrong("there is no benchmark \"" + name + "\"; there are: all, " + known);
      }
    }
    return BENCHMARKS.stream()
        .filter(b -> names.contains(ALL) || names.contains(b.name()))
        .toList();
  }

  private Settings settings() {
    for (int number : List.of(pairs, rounds, seconds, warmup, connections, repeats, idleSeconds)) {
      if (number < 1) {
        throw wrong("numbers are 1 or more, not " + number);
      }
    }
    if (rounds > pairs) {
      throw wrong("--rounds is at most --pairs, which is " + pairs + ", not " + rounds);
    }
    try {
      return new Settings(
          new Installation(home.toAbsolutePath().normalize(), java.toAbsolutePath()),
          Optional.ofNullable(checkout).map(c -> c.toAbsolutePath().normalize()),
          wrk(),
          pairs,
          rounds,
          Duration.ofSeconds(seconds),
          Duration.ofSeconds(warmup),
          connections,
          repeats,
          Duration.ofSeconds(idleSeconds));
    } catch (IllegalStateException e) {
      throw wrong(e.getMessage());
    }
  }

  private Optional<Path> wrk() {
    if (!Arrays.asList("auto", "wrk", "java").contains(client)) {
      throw wrong("--client is auto, wrk or java, not " + client);
    }
    Optional<Path> found = client.equals("java") ? Optional.empty() : WrkClient.find();
    if (client.equals("wrk") && found.isEmpty()) {
      throw wrong("--client wrk: there is no wrk on the PATH (apt-get install wrk)");
    }
    return found;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
