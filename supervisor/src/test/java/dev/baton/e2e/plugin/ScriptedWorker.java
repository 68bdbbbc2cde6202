package dev.baton.e2e.plugin;

import dev.baton.worker.Counters;
import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers one HTTP request a connection on all its listeners, and does what the resource {@code
 * behaviour.txt} says:
 *
 * <ul>
 *   <li>{@code serve}: nothing special
 *   <li>{@code exit}: ends before it is ready, with exit code 3
 *   <li>{@code needs PATH}: the same unless there is such a file
 *   <li>{@code silent}: is never ready
 *   <li>{@code throw}: throws in {@code start}
 *   <li>{@code wait PATH}: waits for such a file in its constructor, before it knows of any
 *       descriptor
 *   <li>{@code checked}: serves, with a health check; a request for {@code /embrace} has two
 *       threads wait for each other, and the check for them
 *   <li>{@code fail N}: serves, but answers every Nth request with 500
 *   <li>{@code stubborn}: serves, and ignores that it should drain
 * </ul>
 *
 * <p>It answers with its pid, generation and the resource {@code version.txt}; to {@code /late}
 * with a class that was not loaded before.
 */
public final class ScriptedWorker implements Worker {
  private final String[] behaviour = resource("behaviour.txt").split(" ");
  private final String version = resource("version.txt");
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final ExecutorService acceptors = Executors.newCachedThreadPool();
  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final AtomicLong requests = new AtomicLong();
  private Counters counters;
  private int generation;

  /** Waits, if that is what it should do. */
  public ScriptedWorker() throws InterruptedException {
    System.out.println("scripted: " + String.join(" ", behaviour));
    if (behaviour[0].equals("wait")) {
      while (Files.notExists(Path.of(behaviour[1]))) {
        Thread.sleep(10);
      }
    }
  }

  @Override
  public void start(WorkerContext context) throws IOException {
    generation = context.identity().generation();
    counters = context.counters();
    switch (behaviour[0]) {
      case "throw" -> throw new IllegalStateException("scripted: this version does not start");
      case "exit" -> exit("scripted: cannot go on");
      case "needs" -> {
        if (Files.notExists(Path.of(behaviour[1]))) {
          exit("scripted: there is no " + behaviour[1]);
        }
      }
      case "silent" -> {
        System.out.println("scripted: says nothing more");
        return;
      }
      case "checked" -> context.health(Embrace::check, Duration.ofMillis(200));
      default -> {}
    }
    for (var name : context.files()) {
      FileChannel file = context.file(name);
      System.out.println("scripted: holds " + name + ", at " + file.position());
    }
    for (var name : context.listeners()) {
      var listener = context.listener(name);
      listeners.add(listener);
      acceptors.execute(() -> accept(listener));
    }
    context.ready();
  }

  private static void exit(String lastWords) {
    System.out.println(lastWords);
    System.exit(3);
  }

  private void accept(ServerSocketChannel listener) {
    try {
      while (true) {
        var connection = listener.accept();
        handlers.execute(() -> answer(connection));
      }
    } catch (ClosedChannelException e) {
      // Draining: whoever else holds the listener accepts from now on.
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  private boolean fails() {
    return behaviour[0].equals("fail")
        && requests.incrementAndGet() % Integer.parseInt(behaviour[1]) == 0;
  }

  private void answer(SocketChannel connection) {
    long begin = System.nanoTime();
    try (connection) {
      var buffer = ByteBuffer.allocate(8 * 1024);
      var request = "";
      while (!request.endsWith("\r\n\r\n")) {
        if (connection.read(buffer) < 0) {
          return;
        }
        request = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
      }
      if (request.startsWith("GET /embrace ")) {
        Embrace.begin();
      }
      var text = request.startsWith("GET /late ") ? LateAnswer.text() : "now";
      var body =
          String.format(
              "{\"pid\":%d,\"generation\":%d,\"version\":\"%s\",\"text\":\"%s\"}",
              ProcessHandle.current().pid(), generation, version, text);
      boolean fails = fails();
      var head =
          "HTTP/1.1 "
              + (fails ? "500 Broken" : "200 OK")
              + "\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n";
      var out = ByteBuffer.wrap((head + body).getBytes(StandardCharsets.US_ASCII));
      while (out.hasRemaining()) {
        connection.write(out);
      }
      counters.request(System.nanoTime() - begin, !fails);
    } catch (IOException | InterruptedException e) {
      // The client's affair, or the end.
    } catch (LinkageError e) {
      e.printStackTrace();
    }
  }

  @Override
  public void drain(Drain drain) throws Exception {
    if (behaviour[0].equals("stubborn")) {
      return;
    }
    for (var listener : listeners) {
      listener.close();
    }
    acceptors.shutdown();
    acceptors.awaitTermination(10, TimeUnit.SECONDS);
    handlers.shutdown();
    handlers.awaitTermination(10, TimeUnit.SECONDS);
    drain.done();
  }

  private static String resource(String name) {
    try (InputStream in = ScriptedWorker.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no " + name + " on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }
}
