package dev.baton.e2e.plugin;

import dev.baton.worker.Connection;
import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Greets every connection as the first thing it does with it: the client is the independent witness
 * of who took it over. The greeting is {@code +POOL/SLOT#RUN} and a line feed, in one write; then
 * each line is answered with {@code =POOL/SLOT#RUN LINE}. After the line {@code bye} it closes.
 *
 * <p>The steps of {@link Gates} are {@code take} (the SDK has the connection and the plugin has it
 * not; only with {@code threads}), {@code greet}, and {@code answer}.
 */
public final class GreetingWorker implements Worker {
  private static final int MOST_BYTES = 1024;

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private Gates gates;
  private String who;
  private long workMillis;

  /**
   * The plugin's configuration.
   *
   * @param gates the folder of the gates; none when absent
   * @param threads how many connections are served at once; 0: as many as the SDK likes, -1: all
   * @param workMillis how long an answer takes
   * @param needs a file without which no worker starts; none when absent
   */
  record Settings(String gates, int threads, int workMillis, String needs) {}

  @Override
  public void start(WorkerContext context) throws IOException {
    var settings = context.config(Settings.class);
    if (settings.needs() != null && Files.notExists(Path.of(settings.needs()))) {
      System.out.println("greeting: there is no " + settings.needs());
      System.exit(3);
    }
    gates = new Gates(settings.gates(), context.identity());
    who = context.identity().id();
    workMillis = settings.workMillis();
    for (var listener : context.listeners()) {
      if (settings.threads() == 0) {
        context.connections(listener, this::serve);
      } else {
        context.connections(listener, executor(settings.threads()), this::serve);
      }
    }
    context.ready();
  }

  private Executor executor(int threads) {
    var pool =
        threads < 0 ? Executors.newCachedThreadPool() : Executors.newFixedThreadPool(threads);
    return task ->
        pool.execute(
            () -> {
              gates.pass("take");
              task.run();
            });
  }

  private void serve(Connection connection) throws Exception {
    open.add(connection);
    try (connection) {
      var channel = connection.channel();
      gates.pass("greet");
      write(channel, "+" + who + "\n");
      gates.pass("answer");
      converse(channel);
    } catch (IOException e) {
      // The client's affair.
    } finally {
      open.remove(connection);
    }
  }

  private void converse(SocketChannel channel) throws IOException, InterruptedException {
    var in = ByteBuffer.allocate(MOST_BYTES);
    while (in.hasRemaining() && channel.read(in) >= 0) {
      in.flip();
      for (int i = 0; i < in.limit(); i++) {
        if (in.get(i) == '\n') {
          var line = new byte[i - in.position()];
          in.get(line).get();
          var text = new String(line, StandardCharsets.US_ASCII);
          Thread.sleep(workMillis);
          write(channel, "=" + who + " " + text + "\n");
          if (text.equals("bye")) {
            return;
          }
        }
      }
      in.compact();
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    var out = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /** Takes nothing more, since the SDK does not, and lets the clients come to their end. */
  @Override
  public void drain(Drain drain) throws InterruptedException {
    while (!open.isEmpty() && !drain.remaining().isZero()) {
      Thread.sleep(2);
    }
    drain.done();
  }
}
