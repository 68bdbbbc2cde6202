package dev.baton.benchmarks;

import dev.baton.e2e.kit.Deadline;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A program that serves. It prints {@code ready PORT PID...}, with the processes of its workers,
 * which end with it.
 */
final class ProgramServer implements Server {
  private static final Duration READY = Duration.ofSeconds(30);
  private static final String LINE = "ready ";

  private final String name;
  private final boolean handsOff;
  private final Path output;
  private final Process process;
  private Target target;
  private CpuClock workers;

  private ProgramServer(String name, boolean handsOff, List<String> command, Path output)
      throws IOException {
    this.name = name;
    this.handsOff = handsOff;
    this.output = output;
    // In a session of its own, as a worker of ours is (sched_autogroup, sched(7)). setsid(1) execs.
    List<String> line = new ArrayList<>(List.of("setsid"));
    line.addAll(command);
    process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param handsOff whether the program's own process accepts for its workers
   */
  static ProgramServer start(String name, boolean handsOff, List<String> command, Path folder)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "server-", ".out");
    ProgramServer server = new ProgramServer(name, handsOff, command, output);
    try {
      Deadline.await(READY, name + " serves", server::isReady, server::text);
      return server;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private boolean isReady() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(name + " has ended: " + text());
    }
    String text = text();
    Optional<String> line =
        text.endsWith("\n")
            ? text.lines().filter(l -> l.startsWith(LINE)).findFirst()
            : Optional.empty();
    line.map(l -> l.substring(LINE.length()).split(" ")).ifPresent(this::serves);
    return line.isPresent();
  }

  private void serves(String[] words) {
    target = Target.tcp("127.0.0.1", Integer.parseInt(words[0]));
    workers = new CpuClock(Arrays.stream(words).skip(1).map(Long::valueOf).toList());
  }

  private String text() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "its output cannot be read: " + e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public CpuClock cpu() {
    List<Long> all = new ArrayList<>(workers.pids());
    all.add(process.pid());
    return new CpuClock(all);
  }

  @Override
  public Optional<CpuClock> handOffCpu() {
    return handsOff ? Optional.of(CpuClock.of(process.pid())) : Optional.empty();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
