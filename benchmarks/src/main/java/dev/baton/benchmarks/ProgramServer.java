package dev.baton.benchmarks;

import dev.baton.load.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A program that serves. It prints {@code ready PORT PID...}, with the processes of its workers,
 * which end with it.
 */
final class ProgramServer implements Server {
  private static final String LINE = "ready ";

  private final String name;
  private final boolean handsOff;
  private final ServerProcess process;
  private Target target;
  private CpuClock workers;

  private ProgramServer(String name, boolean handsOff, ServerProcess process) {
    this.name = name;
    this.handsOff = handsOff;
    this.process = process;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param handsOff whether the program's own process accepts for its workers
   */
  static ProgramServer start(String name, boolean handsOff, List<String> command, Path folder)
      throws IOException, InterruptedException {
    ServerProcess process = ServerProcess.start(name, command, folder);
    ProgramServer server = new ProgramServer(name, handsOff, process);
    process.awaitReady(server::isReady);
    return server;
  }

  private boolean isReady() {
    String text = process.text();
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
    process.close();
  }
}
