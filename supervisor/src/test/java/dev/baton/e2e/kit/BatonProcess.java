package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A supervisor that {@code bin/baton run} started, seen from outside.
 *
 * <p>{@link #close} stops it with TERM and asserts that it leaves nothing behind: no worker, no
 * socket file, no ERROR line. Not for use by several threads at once.
 */
public final class BatonProcess implements AutoCloseable {
  private static final String SUPERVISOR_OPTIONS = "BATON_SUPERVISOR_OPTS";
  private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration FIGURES = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(15);
  private static final Duration GONE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<BatonProcess> STARTED = new CopyOnWriteArrayList<>();

  /**
   * The environment of an instance with all that the JVM has, as it is shipped; others do not
   * compile for a long life, which takes more than the rest of a start.
   */
  public static final Map<String, String> AS_SHIPPED = Map.of(SUPERVISOR_OPTIONS, "");

  private final ConfFile conf;
  private final Launcher launcher;
  private final Process process;
  private final Path output;
  private final Set<Proc.Identity> seen = new LinkedHashSet<>();
  private boolean killed;
  private boolean errorsAllowed;
  private boolean closed;

  private BatonProcess(Installation installation, ConfFile conf, Map<String, String> environment)
      throws IOException {
    this(installation, conf, environment, List.of());
  }

  private BatonProcess(
      Installation installation,
      ConfFile conf,
      Map<String, String> environment,
      List<String> starter)
      throws IOException {
    this.conf = conf;
    if (!environment.containsKey(SUPERVISOR_OPTIONS)) {
      conf.defaultJvmOptions(List.of(SHORT_LIVED));
    }
    launcher = new Launcher(installation);
    output = Files.createTempFile(conf.folder(), "baton-", ".out");
    var args = List.of("run", conf.write().toString());
    var command =
        launcher
            .command(args)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    command.environment().put(SUPERVISOR_OPTIONS, SHORT_LIVED);
    command.environment().putAll(environment);
    command.command().addAll(0, starter);
    process = command.start();
    STARTED.add(this);
  }

  /**
   * Writes the configuration, starts a supervisor with it, and waits until all workers of all pools
   * serve.
   */
  public static BatonProcess start(Installation installation, ConfFile conf)
      throws IOException, InterruptedException {
    return start(installation, conf, Map.of());
  }

  /** The same with variables besides those of this process. */
  public static BatonProcess start(
      Installation installation, ConfFile conf, Map<String, String> environment)
      throws IOException, InterruptedException {
    var baton = new BatonProcess(installation, conf, environment);
    try {
      baton.awaitReady();
      return baton;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      baton.abandon(e);
      throw e;
    }
  }

  /** The same without waiting for anything: for what is expected to fail, or to be slow. */
  public static BatonProcess launch(Installation installation, ConfFile conf) throws IOException {
    return new BatonProcess(installation, conf, Map.of());
  }

  /**
   * The same, started by a program that becomes it; that may leave out variables.
   *
   * @param starter its words, which the supervisor's follow
   */
  public static BatonProcess launch(Installation installation, ConfFile conf, List<String> starter)
      throws IOException {
    return new BatonProcess(installation, conf, Map.of(), starter);
  }

  /** The processes that were started since the last {@link #forgetStarted}, closed or not. */
  static List<BatonProcess> started() {
    return STARTED;
  }

  static void forgetStarted() {
    STARTED.clear();
  }

  /** Waits until every pool has as many serving workers as it should have. */
  public void awaitReady() throws IOException, InterruptedException {
    awaitStatus(READY, "all workers serve", StatusJson::complete);
  }

  /** Waits until the status is as wanted; fails with the last status and the end of the output. */
  public void awaitStatus(Duration atMost, String expected, Predicate<JsonNode> wanted)
      throws IOException, InterruptedException {
    var last = new Object[] {"no status yet"};
    Deadline.await(
        atMost,
        expected,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("ended (" + process.exitValue() + ")\n" + describe());
          }
          try {
            var status = status();
            last[0] = status.toPrettyString();
            return wanted.test(status);
          } catch (IOException e) {
            last[0] = e.toString();
            return false;
          }
        },
        () -> "last seen: " + last[0] + "\n" + describe());
  }

  /** What the admin API answers to {@code GET /v1/status}. */
  public JsonNode status() throws IOException {
    var response = Http.get(conf.admin(), "/v1/status");
    if (response.status() != 200) {
      throw new IOException("status " + response.status() + ": " + response.body());
    }
    var status = JSON.readTree(response.body());
    StatusJson.allWorkers(status).stream()
        .map(worker -> Proc.identity(worker.pid()))
        .forEach(identity -> identity.ifPresent(seen::add));
    return status;
  }

  /** The workers of a pool, in the order of the status. */
  public List<WorkerInfo> workers(String pool) throws IOException {
    return StatusJson.workers(status(), pool);
  }

  /** The address a listener is bound to, such as {@code tcp://127.0.0.1:34567}. */
  public String address(String listener) throws IOException {
    return StatusJson.address(status(), listener);
  }

  /** A listener's bound address as something to connect to. */
  public Target target(String listener) throws IOException {
    return Target.parse(address(listener));
  }

  /**
   * A figure of the connections that the supervisor itself accepted from a listener, such as {@code
   * redispatched}; the figures may be a moment old.
   */
  public long connections(String listener, String figure) throws IOException {
    return StatusJson.connections(status(), listener, figure);
  }

  /** Waits until a figure of {@link #connections} is at least so high. */
  public void awaitConnections(String listener, String figure, long least)
      throws IOException, InterruptedException {
    awaitStatus(
        FIGURES,
        figure + " of " + listener + " is " + least + " or more",
        status -> StatusJson.connections(status, listener, figure) >= least);
  }

  /** Changes how many workers a pool should have; returns at once. */
  public void scale(String pool, int workers) throws IOException {
    var path = "/v1/pools/" + pool + "/scale";
    var body = "{\"workers\":" + workers + "}";
    var answer = Http.request(conf.admin(), "POST", path, body, Duration.ofSeconds(10));
    if (answer.status() != 200) {
      throw new AssertionError("scale to " + workers + ": " + answer);
    }
  }

  /** Changes how many workers a pool should have, and waits until it has just those. */
  public void scaleAndWait(String pool, int workers) throws IOException, InterruptedException {
    scale(pool, workers);
    awaitStatus(
        READY,
        "pool " + pool + " has " + workers + " workers, and all serve",
        status -> {
          var all = StatusJson.workers(status, pool);
          return all.size() == workers && all.stream().allMatch(WorkerInfo::serving);
        });
  }

  /** Sends a signal, such as STOP, to one of its workers. */
  public void signal(String name, WorkerInfo worker) throws IOException, InterruptedException {
    Signal.send(name, worker.pid());
  }

  /** Sends a signal, such as STOP, to the supervisor. */
  public void signal(String name) throws IOException, InterruptedException {
    Signal.send(name, process.pid());
  }

  /** Runs {@code bin/baton ARGS --conf CONF} to its end. */
  public CliResult run(String... args) throws IOException, InterruptedException {
    var all = Stream.concat(Stream.of(args), Stream.of("--conf", conf.path().toString()));
    return launcher.run(all.toArray(String[]::new));
  }

  /** The pid of the supervisor: the launcher becomes it by exec. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Its configuration. */
  public ConfFile conf() {
    return conf;
  }

  /** Everything it wrote so far, both outputs together. */
  public String output() {
    try {
      return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the output contain ERROR lines, for a test that provokes them. */
  public BatonProcess allowErrors() {
    errorsAllowed = true;
    return this;
  }

  /** Sends TERM and waits for the end; its exit status. */
  public int terminate() throws InterruptedException {
    process.destroy();
    return awaitExit(STOP);
  }

  /** Sends INT, as Ctrl-C does; returns at once. */
  public void interrupt() throws IOException, InterruptedException {
    remember();
    Signal.send("INT", process.pid());
  }

  /** Waits for the end; its exit status. */
  public int awaitExit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("did not end within " + atMost + "\n" + describe());
    }
    return process.exitValue();
  }

  /**
   * Sends KILL to the supervisor or to one of its workers. After the supervisor was killed, {@link
   * #close} cleans up instead of asserting.
   */
  public void kill9(long pid) {
    if (pid <= 1) {
      throw new IllegalArgumentException("no process of a test: " + pid);
    }
    remember();
    killed |= pid == process.pid();
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Stops it if it still runs, and fails with a list of what it left behind. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    var problems = new ArrayList<String>();
    remember();
    try {
      stop(problems);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      problems.add("interrupted while the supervisor was stopping");
    } finally {
      cleanUp();
    }
    if (!errorsAllowed) {
      output().lines().filter(BatonProcess::isError).forEach(problems::add);
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems) + "\n" + describe());
    }
  }

  private void stop(List<String> problems) throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      problems.add("the supervisor did not end within " + STOP.toSeconds() + " s after TERM");
      killed = true;
      process.destroyForcibly().waitFor();
    }
    if (killed) {
      return;
    }
    Deadline.met(GONE, () -> seen.stream().noneMatch(Proc.Identity::alive) && files().isEmpty());
    seen.stream()
        .filter(Proc.Identity::alive)
        .forEach(p -> problems.add("still runs: " + p.pid() + " " + Proc.commandLine(p.pid())));
    files().forEach(file -> problems.add("left behind: " + file));
  }

  /** The end of the output, for messages of failures. */
  public String describe() {
    return "--- end of the output of supervisor " + process.pid() + "\n" + Logs.tail(output);
  }

  private void abandon(Throwable reason) {
    killed = true;
    errorsAllowed = true;
    process.destroy();
    try {
      close();
    } catch (IOException | AssertionError e) {
      reason.addSuppressed(e);
    }
  }

  private void remember() {
    for (var child : Proc.descendants(process.pid())) {
      seen.add(new Proc.Identity(child.pid(), child.startTicks()));
    }
  }

  private void cleanUp() throws IOException {
    for (var leftover : seen) {
      if (leftover.alive()) {
        ProcessHandle.of(leftover.pid()).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    for (var file : files()) {
      Files.deleteIfExists(file);
    }
  }

  /** The socket files that must be gone in the end. */
  private List<Path> files() {
    var files = new ArrayList<>(conf.sockets());
    files.addAll(SocketFiles.below(conf.runtimeDir()));
    files.removeIf(Files::notExists);
    return files;
  }

  private static boolean isError(String line) {
    return line.matches("(.*\\s)?ERROR\\s.*");
  }
}
