package dev.baton.benchmarks.plugin;

import dev.baton.worker.Connection;
import dev.baton.worker.Drain;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens a file again and again in the way that a client asks for. Each line is {@code WAY IN_FLIGHT
 * MILLIS PATH}: {@code direct} opens the file itself, {@code asked} has the supervisor open it. The
 * answer is {@code counted OPENS NANOSECONDS}, or {@code failed} and the reason.
 */
public final class OpeningWorker implements Worker {
  private static final OpenRequest READ = OpenRequest.read();

  private WorkerContext context;

  @Override
  public void start(WorkerContext context) throws IOException {
    this.context = context;
    for (String listener : context.listeners()) {
      context.connections(listener, this::serve);
    }
    context.ready();
  }

  private void serve(Connection connection) throws IOException, InterruptedException {
    try (connection) {
      SocketChannel channel = connection.channel();
      channel.configureBlocking(true);
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] answer = (answer(line) + "\n").getBytes(StandardCharsets.UTF_8);
        Channels.newOutputStream(channel).write(answer);
      }
    }
  }

  private String answer(String line) throws InterruptedException {
    String[] words = line.split(" ", 4);
    int inFlight = Integer.parseInt(words[1]);
    long nanos = Duration.ofMillis(Long.parseLong(words[2])).toNanos();
    Path path = Path.of(words[3]);
    try {
      return switch (words[0]) {
        case "direct" -> Opens.direct(path, nanos).toString();
        case "asked" -> Opens.asked(() -> context.open(path, READ), inFlight, nanos).toString();
        default -> "failed: there is no way \"" + words[0] + "\"";
      };
    } catch (IOException e) {
      return "failed: " + e.getMessage();
    }
  }

  @Override
  public void drain(Drain drain) {
    drain.done();
  }
}
