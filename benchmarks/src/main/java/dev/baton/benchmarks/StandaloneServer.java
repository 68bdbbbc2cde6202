package dev.baton.benchmarks;

import dev.baton.benchmarks.standalone.StandaloneMain;
import dev.baton.e2e.kit.Proc;
import dev.baton.load.Target;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server in a plain JVM. Its command line and environment are read from a worker that runs, so
 * the JVM, its flags and the class path are the same, with our own classes behind the last entry.
 */
final class StandaloneServer implements Server {
  private static final String WORKER_MAIN = "dev.baton.worker.WorkerMain";
  private static final String CHANNEL = "BATON_CHANNEL_FD";

  private final ServerProcess process;
  private Target target;

  private StandaloneServer(ServerProcess process) {
    this.process = process;
  }

  /**
   * Starts it like this worker and waits until it serves.
   *
   * @param program prints {@link StandaloneMain#READY} and its port
   */
  static StandaloneServer like(long worker, Path folder, Class<?> program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = command(Proc.commandLine(worker), ownClassPath(), program, arguments);
    ServerProcess process =
        ServerProcess.start("the plain JVM", command, environment(worker), folder);
    StandaloneServer server = new StandaloneServer(process);
    process.awaitReady(server::isReady);
    return server;
  }

  /**
   * The command line of a worker with another program instead of its own.
   *
   * @param own one more entry of the class path
   */
  static List<String> command(
      List<String> worker, Path own, Class<?> program, List<String> arguments) {
    int classPath = worker.indexOf("-cp") + 1;
    int main = worker.indexOf(WORKER_MAIN);
    if (classPath == 0 || main < classPath) {
      throw new IllegalStateException("not the command line of a worker: " + worker);
    }
    // In a session of its own, as a worker is: the scheduler may share the CPUs among sessions
    // (sched_autogroup, sched(7)), and the load generator is in ours. setsid(1) execs.
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(worker.subList(0, main));
    command.set(classPath + 1, worker.get(classPath) + File.pathSeparator + own);
    command.add(program.getName());
    command.addAll(arguments);
    return command;
  }

  private static Map<String, String> environment(long pid) throws IOException {
    Path file = Path.of("/proc", String.valueOf(pid), "environ");
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return Stream.of(text.split("\0"))
        .filter(entry -> entry.indexOf('=') > 0 && !entry.startsWith(CHANNEL + "="))
        .collect(
            Collectors.toMap(
                entry -> entry.substring(0, entry.indexOf('=')),
                entry -> entry.substring(entry.indexOf('=') + 1)));
  }

  private static Path ownClassPath() {
    try {
      return Path.of(
          StandaloneMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("classes come from files here", e);
    }
  }

  private boolean isReady() {
    Optional<String> port =
        process
            .text()
            .lines()
            .filter(line -> line.startsWith(StandaloneMain.READY))
            .map(line -> line.substring(StandaloneMain.READY.length()))
            .findFirst();
    port.ifPresent(number -> target = Target.tcp("127.0.0.1", Integer.parseInt(number)));
    return port.isPresent();
  }

  @Override
  public String name() {
    return "alone";
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public CpuClock cpu() {
    return CpuClock.of(process.pid());
  }

  @Override
  public void close() {
    process.close();
  }
}
