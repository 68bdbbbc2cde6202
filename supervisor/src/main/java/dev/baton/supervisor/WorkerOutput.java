package dev.baton.supervisor;

import dev.baton.supervisor.admin.LogLine;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.PoolLogConfig;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.LogFollower;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What workers write, on the supervisor's own output. For one thread. */
final class WorkerOutput implements AutoCloseable {
  private final BatonConfig config;
  private final Path folder;
  private final PrintStream out;
  private LogFollower follower;

  /**
   * Begins.
   *
   * @param folder of their logs
   * @param printed how far the program before has come with files that are there already; of
   *     others, what is there was printed
   */
  WorkerOutput(BatonConfig config, Path folder, PrintStream out, Map<String, Long> printed)
      throws IOException {
    this.config = config;
    this.folder = folder;
    this.out = out;
    follower = follow(printed);
  }

  private LogFollower follow(Map<String, Long> printed) throws IOException {
    return LogFollower.start(
        folder,
        out::println,
        this::form,
        file -> {
          Long reached = printed.get(file.getFileName().toString());
          return reached == null ? Files.size(file) : reached;
        });
  }

  /** How a line of a worker looks; empty: it comes there by itself. */
  private Optional<UnaryOperator<String>> form(WorkerId id) {
    PoolConfig pool = config.pools().get(id.pool());
    PoolLogConfig.To to = pool == null ? PoolLogConfig.To.FILE : pool.log().to();
    return switch (to) {
      case FILE -> Optional.of(line -> id + " | " + line);
      case JSON -> Optional.of(line -> LogLine.json(Instant.now(), id.toString(), id.pool(), line));
      case INHERIT -> Optional.empty();
    };
  }

  /** Prints nothing more; what comes is for who goes on. */
  Map<String, Long> leave() throws IOException {
    return follower.leave();
  }

  /** Goes on after all. */
  void stay(Map<String, Long> printed) throws IOException {
    follower = follow(printed);
  }

  @Override
  public void close() throws IOException {
    follower.close();
  }
}
