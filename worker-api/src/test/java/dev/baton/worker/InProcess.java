package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.channel.FrameSocket;
import dev.baton.protocol.Message;
import dev.baton.sys.Posix;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A worker on threads of the test, with the test as its supervisor. */
final class InProcess implements AutoCloseable {
  final SupervisorEnd supervisor;
  final CompletableFuture<Integer> halted = new CompletableFuture<>();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  /**
   * @param early what the supervisor sends before the worker runs
   */
  InProcess(Worker plugin, Message... early) throws Exception {
    Scripted.next = plugin;
    Posix posix = Posix.system();
    FrameSocket.Ends ends = FrameSocket.pair(posix, "test");
    supervisor = new SupervisorEnd(ends.supervisor(), this::log);
    for (Message message : early) {
      supervisor.send(message);
    }
    WorkerProcess worker =
        new WorkerProcess(
            posix,
            ends.worker(),
            new PrintStream(log, true, StandardCharsets.UTF_8),
            halted::complete,
            200);
    Thread thread =
        new Thread(
            () -> {
              try {
                exit.complete(worker.run());
              } catch (Throwable e) {
                exit.completeExceptionally(e);
              }
            },
            "plugin-thread");
    thread.setDaemon(true);
    thread.start();
  }

  /** Brings the plugin to the end of the handshake. */
  static InProcess started(Worker plugin) throws Exception {
    InProcess worker = new InProcess(plugin);
    worker.supervisor.welcome(Scripted.class.getName(), java.util.Map.of());
    worker.supervisor.start();
    return worker;
  }

  String log() {
    return "worker's log:\n" + log.toString(StandardCharsets.UTF_8);
  }

  void assertExit(int code) throws Exception {
    assertEquals(code, exit.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS), log());
  }

  @Override
  public void close() {
    supervisor.close();
  }
}
