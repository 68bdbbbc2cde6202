package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Drain, stop, a plugin that throws, and the death of the supervisor. */
@ExtendWith(FdLeakCheck.class)
class EndingTest {
  /** Becomes ready, keeps its drain for the test and counts its stops. */
  private static class Held implements Worker {
    final CompletableFuture<Drain> drain = new CompletableFuture<>();
    final AtomicInteger drains = new AtomicInteger();
    final AtomicInteger stops = new AtomicInteger();

    @Override
    public void start(WorkerContext context) {
      context.ready();
    }

    @Override
    public void drain(Drain asked) throws Exception {
      drains.incrementAndGet();
      drain.complete(asked);
    }

    @Override
    public void stop() throws Exception {
      stops.incrementAndGet();
    }
  }

  private static InProcess serving(Worker plugin) throws Exception {
    return serving(plugin, 60_000);
  }

  private static InProcess serving(Worker plugin, long drainMillis) throws Exception {
    InProcess worker = new InProcess(plugin);
    worker.supervisor.welcome(Scripted.class.getName(), Map.of(), drainMillis);
    worker.supervisor.start();
    worker.supervisor.expect(ToSupervisor.Ready.class);
    return worker;
  }

  @Test
  void drainedIsSaidOnceByAnyThread() throws Exception {
    Held plugin = new Held();
    try (InProcess worker = serving(plugin)) {
      worker.supervisor.send(new ToWorker.Drain(5, 30_000));
      Drain drain = plugin.drain.get(10, TimeUnit.SECONDS);
      Duration left = drain.remaining();
      assertTrue(left.compareTo(Duration.ofSeconds(30)) <= 0 && left.toSeconds() > 10, "" + left);
      drain.done();
      drain.done();
      assertEquals(5, worker.supervisor.expect(ToSupervisor.Drained.class).id());
      worker.supervisor.send(new ToWorker.Ping(1));
      worker.supervisor.expect(ToSupervisor.Pong.class);
      worker.supervisor.send(new ToWorker.Stop(6, 1000));
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void secondDrainIsAnsweredWithoutThePlugin() throws Exception {
    Held plugin = new Held();
    try (InProcess worker = serving(plugin)) {
      worker.supervisor.send(new ToWorker.Drain(5, 30_000));
      Drain drain = plugin.drain.get(10, TimeUnit.SECONDS);
      worker.supervisor.send(new ToWorker.Drain(6, 0));
      org.awaitility.Awaitility.await("the earlier deadline counts")
          .until(() -> drain.remaining().isZero());
      drain.done();
      assertEquals(5, worker.supervisor.expect(ToSupervisor.Drained.class).id());
      assertEquals(6, worker.supervisor.expect(ToSupervisor.Drained.class).id());
      worker.supervisor.send(new ToWorker.Drain(7, 0));
      assertEquals(7, worker.supervisor.expect(ToSupervisor.Drained.class).id());
      assertEquals(1, plugin.drains.get());
    }
  }

  @Test
  void orphanDrainsThenStops() throws Exception {
    Held plugin = new Held();
    try (InProcess worker = serving(plugin)) {
      worker.supervisor.die();
      Drain drain = plugin.drain.get(10, TimeUnit.SECONDS);
      assertEquals(0, plugin.stops.get());
      drain.done();
      worker.assertExit(ExitCode.OK);
      assertEquals(1, plugin.stops.get());
    }
  }

  @Test
  void orphanStopsAtTheDrainDeadline() throws Exception {
    Held plugin = new Held();
    try (InProcess worker = serving(plugin, 20)) {
      worker.supervisor.die();
      worker.assertExit(ExitCode.OK);
      assertEquals(1, plugin.drains.get());
      assertEquals(1, plugin.stops.get());
    }
  }

  @Test
  void orphanThatDrainsAlreadyIsNotDrainedAgain() throws Exception {
    Held plugin = new Held();
    try (InProcess worker = serving(plugin)) {
      worker.supervisor.send(new ToWorker.Drain(5, 30_000));
      Drain drain = plugin.drain.get(10, TimeUnit.SECONDS);
      worker.supervisor.die();
      drain.done();
      worker.assertExit(ExitCode.OK);
      assertEquals(1, plugin.drains.get());
      assertEquals(1, plugin.stops.get());
    }
  }

  @Test
  void orphanThatHangsIsHalted() throws Exception {
    CompletableFuture<Void> never = new CompletableFuture<>();
    Held plugin =
        new Held() {
          @Override
          public void stop() throws Exception {
            never.get();
          }
        };
    try (InProcess worker = serving(plugin, 0)) {
      worker.supervisor.die();
      assertEquals(ExitCode.PLUGIN_FAILED, worker.halted.get(20, TimeUnit.SECONDS), worker.log());
      never.complete(null);
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void orphanBeforeStartExits() throws Exception {
    try (InProcess worker = new InProcess(context -> {})) {
      worker.supervisor.expect(ToSupervisor.Hello.class);
      worker.supervisor.die();
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void whatStartThrowsReachesTheSupervisor() throws Exception {
    Worker plugin =
        context -> {
          throw new IllegalStateException("no data base", new java.io.IOException("refused"));
        };
    try (InProcess worker = InProcess.started(plugin)) {
      ToSupervisor.Failed failed = worker.supervisor.expect(ToSupervisor.Failed.class);
      assertEquals("start", failed.stage());
      assertEquals(ErrorCode.PLUGIN_FAILED.number(), failed.code());
      assertEquals(
          "java.lang.IllegalStateException: no data base, caused by java.io.IOException: refused",
          failed.text());
      worker.assertExit(ExitCode.PLUGIN_FAILED);
      assertTrue(worker.log().contains("at dev.baton.worker.EndingTest"), worker.log());
    }
  }

  @Test
  void whatDrainThrowsReachesTheSupervisorAndItStops() throws Exception {
    Held plugin =
        new Held() {
          @Override
          public void drain(Drain asked) {
            throw new IllegalStateException("cannot drain");
          }
        };
    try (InProcess worker = serving(plugin)) {
      worker.supervisor.send(new ToWorker.Drain(5, 1000));
      ToSupervisor.Failed failed = worker.supervisor.expect(ToSupervisor.Failed.class);
      assertEquals("drain", failed.stage());
      worker.assertExit(ExitCode.PLUGIN_FAILED);
      assertEquals(1, plugin.stops.get());
    }
  }

  @Test
  void whatStopThrowsReachesTheSupervisor() throws Exception {
    Held plugin =
        new Held() {
          @Override
          public void stop() {
            throw new IllegalStateException("cannot stop");
          }
        };
    try (InProcess worker = serving(plugin)) {
      worker.supervisor.send(new ToWorker.Stop(5, 1000));
      ToSupervisor.Failed failed = worker.supervisor.expect(ToSupervisor.Failed.class);
      assertEquals("stop", failed.stage());
      assertEquals("java.lang.IllegalStateException: cannot stop", failed.text());
      worker.assertExit(ExitCode.PLUGIN_FAILED);
    }
  }

  @Test
  void pluginThatNeedsAnotherApiSaysSo() throws Exception {
    Worker plugin =
        context -> {
          throw new NoSuchMethodError("'void dev.baton.worker.WorkerContext.later()'");
        };
    try (InProcess worker = InProcess.started(plugin)) {
      String text = worker.supervisor.expect(ToSupervisor.Failed.class).text();
      assertTrue(
          text.contains("built for another version of worker-api; this is " + Sdk.version()), text);
      worker.assertExit(ExitCode.PLUGIN_FAILED);
    }
  }
}
