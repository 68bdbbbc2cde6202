package dev.baton.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.CliResult;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Launcher;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * A supervisor that {@code bin/baton run CONF} started. Its runtime directory is below the folder
 * it was given. {@link #close} stops it in order. For one thread.
 */
final class Instance implements AutoCloseable {
  private static final Duration SERVING = Duration.ofSeconds(240);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Path conf;
  private final Launcher launcher;
  private final Process process;
  private final Path output;

  private Instance(
      Installation installation,
      Path program,
      Path folder,
      Path conf,
      Map<String, String> variables)
      throws IOException {
    this.folder = folder;
    this.conf = conf;
    launcher = new Launcher(installation);
    output = Files.createTempFile(folder, "baton-", ".out");
    ProcessBuilder builder = launcher.command(program, List.of("run", conf.toString()));
    builder.environment().put("BATON_RUNTIME_BASE", folder.toString());
    builder.environment().putAll(variables);
    process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /**
   * Starts one and returns at once.
   *
   * @param program the launcher, of the installation or of a checkout
   * @param folder an empty one, with a short path, for everything it writes
   * @param variables of the environment, for the configuration
   */
  static Instance launch(
      Installation installation,
      Path program,
      Path folder,
      Path conf,
      Map<String, String> variables)
      throws IOException {
    return new Instance(installation, program, folder, conf, variables);
  }

  /** Waits until every pool has as many serving workers as it should have. */
  void awaitServing() throws IOException, InterruptedException {
    Deadline.await(SERVING, "all workers serve", this::serving, this::describe);
  }

  private boolean serving() throws IOException {
    requireAlive();
    JsonNode status;
    try {
      status = status();
    } catch (IOException e) {
      return false; // the admin socket comes a moment after the listeners
    }
    return elements(status.path("pools"))
        .allMatch(pool -> serving(pool) == pool.path("target").asInt(-1));
  }

  private static int serving(JsonNode pool) {
    return (int)
        elements(pool.path("workers"))
            .filter(worker -> worker.path("state").asText().equals("serving"))
            .count();
  }

  /** What {@code GET /v1/status} answers. */
  JsonNode status() throws IOException {
    return get("/v1/status");
  }

  /** The journal, oldest entry first. */
  List<JsonNode> events() throws IOException {
    return elements(get("/v1/events?newest=1000").path("events")).toList();
  }

  private JsonNode get(String path) throws IOException {
    Http.Response response = Http.get(admin(), path);
    if (response.status() != 200) {
      throw new IOException(path + " answers " + response.status() + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }

  /** Sends POST to the admin API; returns with the end of the answer. */
  String post(String path) throws IOException {
    return post(path, "{}", SERVING);
  }

  /** Sends POST with a body of JSON; returns with the end of the answer. */
  String post(String path, String body, Duration atMost) throws IOException {
    Http.Response response = Http.request(admin(), "POST", path, body, atMost);
    if (response.status() != 200) {
      throw new IOException(path + " answers " + response.status() + ": " + response.body());
    }
    return response.body();
  }

  /** The folder below the base is named after the configuration, by rules of the supervisor. */
  private Target admin() throws IOException {
    try (var folders = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path runtime : folders) {
        Path socket = runtime.resolve("admin.sock");
        if (Files.exists(socket)) {
          return Target.unix(socket);
        }
      }
    }
    throw new IOException("no admin socket below " + folder);
  }

  /** The version that runs. */
  String version() throws IOException {
    return status().path("version").asText();
  }

  /** Where a listener is bound. */
  Target target(String listener) throws IOException {
    return elements(status().path("listeners"))
        .filter(node -> node.path("name").asText().equals(listener))
        .map(node -> Target.parse(node.path("address").asText()))
        .findFirst()
        .orElseThrow(() -> new IOException("no listener " + listener));
  }

  /** The processes of the workers of all pools. */
  List<Long> workerPids() throws IOException {
    List<Long> pids = new ArrayList<>();
    for (JsonNode pool : status().path("pools")) {
      pool.path("workers").forEach(worker -> pids.add(worker.path("pid").asLong()));
    }
    return pids;
  }

  /** How many processes the supervisor has made that still are; asks the kernel and not it. */
  int children() throws IOException {
    int count = 0;
    try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid() + "/task"))) {
      for (Path thread : threads) {
        String pids = Files.readString(thread.resolve("children")).strip();
        count += pids.isEmpty() ? 0 : pids.split(" ").length;
      }
    } catch (NoSuchFileException e) {
      return children(); // a thread has ended meanwhile
    }
    return count;
  }

  /** Runs {@code bin/baton ARGS --conf CONF}, which has to succeed. */
  void cli(String... args) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(args));
    line.addAll(List.of("--runtime-dir", runtimeDir().toString()));
    CliResult result = launcher.run(line.toArray(String[]::new));
    if (result.exit() != 0) {
      throw new IOException(result + "\n--- supervisor\n" + describe());
    }
  }

  private Path runtimeDir() throws IOException {
    return Path.of(status().path("runtimeDir").asText());
  }

  /** The supervisor: the launcher becomes it by exec. */
  long pid() {
    return process.pid();
  }

  /**
   * @throws IOException with the end of its output when it has ended
   */
  void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("the supervisor has ended\n" + describe());
    }
  }

  private String describe() {
    try {
      List<String> lines = Files.readAllLines(output);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    } catch (IOException e) {
      return "its output cannot be read: " + e;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("the supervisor did not stop within " + STOP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public String toString() {
    return "instance of " + conf;
  }

  private static java.util.stream.Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
