package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.DemoRun;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run from its banner to its last process: it serves what it says, and leaves nothing behind. */
@BatonTest
@Timeout(120)
class ServeAndStopIT {
  private static final Duration START = Duration.ofSeconds(30);

  /** The drain timeout of the shipped configuration, and a little for the rest. */
  private static final Duration STOP = Duration.ofSeconds(12);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void theShippedDemonstrationServesAndStops(String signal) throws Exception {
    List<Proc.Stat> family;
    Map<String, Target> addresses;
    try (var demo = new DemoRun(installation, folder)) {
      addresses = demo.addresses();
      assertEquals(
          List.of("hello-tcp", "hello-unix", "web", "scribe"), List.copyOf(addresses.keySet()));
      for (var name : List.of("hello-tcp", "hello-unix", "web")) {
        awaitAnswer(addresses.get(name), demo);
      }
      awaitConnect(addresses.get("scribe"));
      assertTrue(Http.get(demo.admin(), "/v1/status").body().contains("\"hello-unix\""));

      Deadline.await( // a connect needs no worker: the listener is there before
          START,
          "each pool has a worker",
          () -> Proc.descendants(demo.pid()).size() >= 3,
          () -> "workers: " + Proc.descendants(demo.pid()));
      family = Proc.descendants(demo.pid());
      demo.signal(signal);
      assertEquals(0, demo.awaitExit(STOP), demo::output);
      assertEquals(List.of(), demo.socketFiles());
      var errors = demo.output().lines().filter(line -> line.matches("(.*\\s)?ERROR\\s.*"));
      assertEquals(List.of(), errors.toList());
    }
    for (var child : family) {
      assertFalse(Proc.exists(child.pid()), () -> "still there: " + child);
    }
    for (var address : addresses.values()) {
      if (!address.isUnix()) {
        assertFree(address);
      }
    }
  }

  /** Promise 2: what a draining worker can finish in time is not cut. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void aRequestThatIsOnItsWayWhenTheStopBeginsIsAnswered(String family) throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    conf.pool(
        "web",
        pool ->
            pool.sample(installation, Sample.HTTP)
                .workers(2)
                .listeners("tcp", "unix")
                .heap("48m")
                .drainTimeout(Duration.ofSeconds(10)));
    try (var baton = BatonProcess.start(installation, conf)) {
      var target = baton.target(family);
      var workers = baton.workers("web");
      long before = workers.stream().mapToLong(worker -> sockets(worker.pid())).sum();
      var answer = CompletableFuture.supplyAsync(() -> get(target, "/slow?ms=1500"));
      Deadline.await(
          Duration.ofSeconds(5),
          "a worker accepts the connection",
          () -> workers.stream().mapToLong(worker -> sockets(worker.pid())).sum() > before,
          baton::describe);

      baton.interrupt();
      assertEquals(200, answer.get(10, TimeUnit.SECONDS).status());
      assertEquals(0, baton.awaitExit(STOP));
    }
  }

  @Test
  void theSecondInterruptStopsAtOnceThoughAWorkerIgnoresItsDrain() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin")).behaviour("stubborn");
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "stubborn",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .workers(2)
                .listeners("tcp")
                .drainTimeout(Duration.ofMinutes(2))
                .stopTimeout(Duration.ofMinutes(2)));
    try (var baton = BatonProcess.start(installation, conf)) {
      var family = Proc.descendants(baton.pid());
      baton.interrupt();
      baton.awaitStatus(
          Duration.ofSeconds(5),
          "the workers are leaving",
          status -> status.at("/pools/0/workers/0/state").asText().equals("leaving"));
      baton.interrupt();
      assertEquals(0, baton.awaitExit(Duration.ofSeconds(5)));
      for (var child : family) {
        assertFalse(Proc.exists(child.pid()), () -> "still there: " + child);
      }
    }
  }

  @Test
  void aWorkerThatIgnoresItsDrainIsEndedWhenTheTimeIsUp() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin")).behaviour("stubborn");
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "stubborn",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .listeners("tcp")
                .drainTimeout(Duration.ofMillis(500))
                .stopTimeout(Duration.ofMillis(500)));
    try (var baton = BatonProcess.start(installation, conf)) {
      baton.interrupt();
      assertEquals(0, baton.awaitExit(Duration.ofSeconds(6)));
    }
  }

  private static void awaitAnswer(Target target, DemoRun demo) throws Exception {
    // The banner comes before the workers: until then the connection waits in the kernel's queue.
    var response = Http.request(target, "GET", "/", "", START);
    assertEquals(200, response.status(), demo::output);
  }

  private static void awaitConnect(Target target) throws IOException {
    try (var channel = SocketChannel.open(target.address())) {
      assertTrue(channel.isConnected());
    }
  }

  private static Http.Response get(Target target, String path) {
    try {
      return Http.get(target, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long sockets(long pid) {
    return Proc.fds(pid).stream().filter(Proc.Fd::isSocket).count();
  }

  /** Nobody listens there any more: the address can be bound. */
  private static void assertFree(Target target) throws IOException {
    try (var channel = ServerSocketChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(target.address());
    }
  }
}
