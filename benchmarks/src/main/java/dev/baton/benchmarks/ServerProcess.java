package dev.baton.benchmarks;

import dev.baton.e2e.kit.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The process of a server that is measured, and what it prints. */
final class ServerProcess implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path output;

  private ServerProcess(String name, ProcessBuilder builder, Path output) throws IOException {
    this.name = name;
    this.output = output;
    process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /**
   * Starts a program in a session of its own, as a worker of ours is (sched_autogroup, sched(7)).
   */
  static ServerProcess start(String name, List<String> command, Path folder) throws IOException {
    List<String> line = new ArrayList<>(List.of("setsid")); // which execs, so the pid stays
    line.addAll(command);
    return new ServerProcess(name, new ProcessBuilder(line), output(folder));
  }

  /** Starts a program with exactly this environment. */
  static ServerProcess start(
      String name, List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new ServerProcess(name, builder, output(folder));
  }

  private static Path output(Path folder) throws IOException {
    return Files.createTempFile(folder, "server-", ".out");
  }

  /** Something that becomes true. */
  interface Sign {
    boolean seen() throws IOException;
  }

  /** Waits for the sign that it serves; ends the process if that does not come. */
  void awaitReady(Sign sign) throws IOException, InterruptedException {
    try {
      Deadline.await(READY, name + " serves", () -> alive() && sign.seen(), this::text);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      kill();
      throw e;
    }
  }

  private boolean alive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(name + " has ended: " + text());
    }
    return true;
  }

  /** What it has printed so far. */
  String text() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "its output cannot be read: " + e;
    }
  }

  long pid() {
    return process.pid();
  }

  /** The pids of its children. */
  List<Long> children() {
    return process.children().map(ProcessHandle::pid).toList();
  }

  /** Ends it with its children, for one whose children outlive a master that is killed. */
  void terminate() {
    process.destroy();
    try {
      process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }

  private void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills it. */
  @Override
  public void close() {
    kill();
  }
}
