package dev.baton.benchmarks;

import dev.baton.benchmarks.plugin.OpeningWorker;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A worker that opens a file by itself or has it opened by its supervisor. For one thread. */
final class OpeningServer implements AutoCloseable {
  private static final String LISTENER = "commands";
  private static final int MOST_A_SECOND = 1_000_000;

  private final Instance instance;
  private final Path file;
  private final long worker;
  private final Socket commands;
  private final BufferedReader answers;

  private OpeningServer(Instance instance, Path file) throws IOException {
    this.instance = instance;
    this.file = file;
    worker = instance.workerPids().get(0);
    InetSocketAddress address = (InetSocketAddress) instance.target(LISTENER).address();
    commands = new Socket(address.getAddress(), address.getPort());
    answers =
        new BufferedReader(
            new InputStreamReader(commands.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts it and waits until it serves. */
  static OpeningServer start(Installation installation, Path folder)
      throws IOException, InterruptedException {
    Path root = Files.createDirectory(folder.resolve("files")).toRealPath();
    Path file = Files.writeString(root.resolve("file"), "opened\n");
    ConfFile conf = ConfFile.in(folder).tcp(LISTENER);
    conf.pool(
        "opening",
        pool ->
            pool.plugin(OpeningWorker.class.getName())
                .classPath(PluginServer.ownClassPath().toString())
                .workers(1)
                .listeners(LISTENER)
                .heap("256m")
                .set("open", List.of(Map.of("root", root.toString())))
                .set("openLimits.perSecond", MOST_A_SECOND));
    Instance instance =
        Instance.launch(installation, installation.launcher(), folder, conf.write(), Map.of());
    try {
      instance.awaitServing();
      return new OpeningServer(instance, file);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
  }

  /** Opens and closes the file for a while. */
  OpenTable.Turn measure(OpenTable.Way way, Duration time) throws IOException {
    CpuClock supervisors = CpuClock.of(instance.pid());
    CpuClock workers = CpuClock.of(worker);
    double supervisor = supervisors.seconds();
    double own = workers.seconds();
    long[] counted = Counting.parse(ask(way.command() + " " + time.toMillis() + " " + file));
    return new OpenTable.Turn(
        counted[0], counted[1], supervisors.seconds() - supervisor, workers.seconds() - own);
  }

  private String ask(String line) throws IOException {
    commands.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    String answer = answers.readLine();
    if (answer == null) {
      instance.requireAlive();
      throw new IOException("the worker has closed the connection");
    }
    return answer;
  }

  String version() throws IOException {
    return instance.version();
  }

  @Override
  public void close() {
    try (instance) {
      commands.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket cannot be closed", e);
    }
  }
}
