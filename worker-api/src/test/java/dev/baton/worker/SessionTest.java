package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The order of messages, from hello to the exit code. */
@ExtendWith(FdLeakCheck.class)
class SessionTest {
  private static final String PLUGIN = Scripted.class.getName();

  @Test
  void wholeLife() throws Exception {
    AtomicInteger stopped = new AtomicInteger();
    CompletableFuture<WorkerIdentity> identity = new CompletableFuture<>();
    Worker plugin =
        new Worker() {
          @Override
          public void start(WorkerContext context) {
            identity.complete(context.identity());
            context.ready();
            context.status("all well");
          }

          @Override
          public void stop() {
            stopped.incrementAndGet();
          }
        };
    try (InProcess worker = new InProcess(plugin)) {
      SupervisorEnd supervisor = worker.supervisor;
      supervisor.welcome(PLUGIN, Map.of());
      assertEquals(PLUGIN, supervisor.expect(ToSupervisor.Loaded.class).plugin());
      supervisor.send(new ToWorker.Start(1, "web/4#9", 5));
      supervisor.expect(ToSupervisor.Ready.class);
      assertEquals("all well", supervisor.expect(ToSupervisor.Status.class).text());
      assertEquals(
          new WorkerIdentity("web", 4, 9, 5), identity.get(1, TimeUnit.SECONDS), "from start");
      supervisor.send(new ToWorker.Drain(2, 5000));
      assertEquals(2, supervisor.expect(ToSupervisor.Drained.class).id());
      assertEquals(0, stopped.get());
      supervisor.send(new ToWorker.Stop(3, 5000));
      worker.assertExit(ExitCode.OK);
      assertEquals(1, stopped.get());
    }
  }

  @Test
  void spareWaitsForStart() throws Exception {
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    try (InProcess worker = new InProcess(context -> started.complete(true))) {
      worker.supervisor.welcome(PLUGIN, Map.of());
      worker.supervisor.expect(ToSupervisor.Loaded.class);
      worker.supervisor.send(new ToWorker.Ping(1));
      worker.supervisor.expect(ToSupervisor.Pong.class);
      assertFalse(started.isDone());
      worker.supervisor.send(new ToWorker.Start(1, "web/0#1", 1));
      assertTrue(started.get(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void stopBeforeStart() throws Exception {
    try (InProcess worker = new InProcess(context -> {})) {
      worker.supervisor.welcome(PLUGIN, Map.of());
      worker.supervisor.expect(ToSupervisor.Loaded.class);
      worker.supervisor.send(new ToWorker.Drain(1, 1000));
      worker.supervisor.expect(ToSupervisor.Drained.class);
      worker.supervisor.send(new ToWorker.Stop(2, 1000));
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void readyTwiceIsThePluginsMistake() throws Exception {
    Worker plugin =
        context -> {
          context.ready();
          assertThrows(IllegalStateException.class, context::ready);
          context.status("refused");
        };
    try (InProcess worker = InProcess.started(plugin)) {
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.expect(ToSupervisor.Status.class);
    }
  }

  @Test
  void pingIsAnsweredWhileThePluginStarts() throws Exception {
    CompletableFuture<Void> hold = new CompletableFuture<>();
    try (InProcess worker = InProcess.started(context -> hold.get())) {
      worker.supervisor.send(new ToWorker.Ping(41));
      assertEquals(41, worker.supervisor.expect(ToSupervisor.Pong.class).seq());
      hold.complete(null);
    }
  }

  @Test
  void ofWaitingPingsTheNewestIsAnswered() throws Exception {
    try (InProcess worker =
        new InProcess(
            context -> {}, new ToWorker.Ping(1), new ToWorker.Ping(2), new ToWorker.Ping(3))) {
      worker.supervisor.expect(ToSupervisor.Hello.class);
      assertEquals(3, worker.supervisor.expect(ToSupervisor.Pong.class).seq());
      worker.supervisor.send(SupervisorEnd.welcomeMessage(PLUGIN, Map.of(), 1000));
      worker.supervisor.expect(ToSupervisor.Loaded.class);
    }
  }

  @Test
  void otherMajorVersionIsRefused() throws Exception {
    try (InProcess worker = new InProcess(context -> {})) {
      worker.supervisor.expect(ToSupervisor.Hello.class);
      worker.supervisor.send(
          new ToWorker.Welcome("web/0#1", 1, "2.0", "/a", "s", 1, 1, PLUGIN, Map.of()));
      Reply.Error error = worker.supervisor.expect(Reply.Error.class);
      assertEquals(ErrorCode.VERSION.number(), error.code());
      assertEquals("the supervisor speaks protocol 2.0, this worker 1.0", error.text());
      worker.assertExit(ExitCode.UNUSABLE);
    }
  }

  @Test
  void refusedHello() throws Exception {
    try (InProcess worker = new InProcess(context -> {})) {
      worker.supervisor.expect(ToSupervisor.Hello.class);
      worker.supervisor.send(
          new Reply.Error(null, ErrorCode.VERSION.number(), "this supervisor speaks 9.0"));
      worker.assertExit(ExitCode.UNUSABLE);
      assertTrue(worker.log().contains("this supervisor speaks 9.0"), worker.log());
    }
  }

  @Test
  void unknownTypeIsAnsweredAndPassedOver() throws Exception {
    try (InProcess worker = InProcess.started(WorkerContext::ready)) {
      worker.supervisor.expect(ToSupervisor.Ready.class);
      // A type of the other direction is as unknown as any.
      worker.supervisor.send(new ToSupervisor.Warning("to nobody"));
      assertEquals("warning", worker.supervisor.expect(Reply.Unrecognized.class).name());
      worker.supervisor.send(new ToWorker.Ping(2));
      worker.supervisor.expect(ToSupervisor.Pong.class);
    }
  }

  @Test
  void resumeIsNotSupported() throws Exception {
    try (InProcess worker = InProcess.started(context -> {})) {
      worker.supervisor.send(new ToWorker.Resume(1, "web", List.of()));
      Reply.Error error = worker.supervisor.expect(Reply.Error.class);
      assertEquals(ErrorCode.NOT_SUPPORTED.number(), error.code());
      assertTrue(error.text().startsWith("resume is not supported"), error.text());
    }
  }

  @Test
  void connectionWithoutItsDescriptorEndsIt() throws Exception {
    try (InProcess worker = InProcess.started(context -> {})) {
      worker.supervisor.send(new ToWorker.Connection(1, "web", null, List.of()));
      Reply.Error error = worker.supervisor.expect(Reply.Error.class);
      assertEquals(ErrorCode.DESCRIPTORS.number(), error.code());
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void startTwiceIsRefused() throws Exception {
    try (InProcess worker = InProcess.started(WorkerContext::ready)) {
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.send(new ToWorker.Start(12, "web/0#1", 1));
      Reply.Error error = worker.supervisor.expect(Reply.Error.class);
      assertEquals(12, error.id());
      assertEquals(ErrorCode.OUT_OF_ORDER.number(), error.code());
    }
  }

  @Test
  void startBeforeWelcomeEndsIt() throws Exception {
    try (InProcess worker = new InProcess(context -> {})) {
      worker.supervisor.expect(ToSupervisor.Hello.class);
      worker.supervisor.send(new ToWorker.Start(12, "web/0#1", 1));
      Reply.Error error = worker.supervisor.expect(Reply.Error.class);
      assertEquals("Start before welcome", error.text());
      worker.assertExit(ExitCode.OK);
    }
  }
}
