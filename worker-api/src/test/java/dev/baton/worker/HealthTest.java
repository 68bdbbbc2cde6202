package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Ready;
import dev.baton.protocol.ToSupervisor.Warning;
import dev.baton.protocol.ToWorker.Ping;
import dev.baton.protocol.ToWorker.Stop;
import dev.baton.testkit.FdLeakCheck;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a plugin's own check does to the heartbeats. */
@ExtendWith(FdLeakCheck.class)
class HealthTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** What the check is to say next; it waits for it. */
  private final SynchronousQueue<String> says = new SynchronousQueue<>();

  private void check() throws Exception {
    String word = says.take();
    if (!word.isEmpty()) {
      throw new IllegalStateException(word);
    }
  }

  private void says(String word) throws InterruptedException {
    assertTrue(says.offer(word, 20, TimeUnit.SECONDS), "nobody checks");
  }

  private InProcess started(Duration deadline) throws Exception {
    InProcess worker =
        InProcess.started(
            context -> {
              context.health(this::check, deadline);
              context.ready();
            });
    worker.supervisor.expect(Ready.class);
    return worker;
  }

  private static void answered(SupervisorEnd supervisor, long seq) throws Exception {
    assertEquals(seq, supervisor.expect(Pong.class).seq());
  }

  @Test
  void aPingDoesNotWaitForTheCheckThatItBegins() throws Exception {
    try (InProcess worker = started(LONG)) {
      for (int seq = 1; seq <= 3; seq++) {
        worker.supervisor.send(new Ping(seq));
        answered(worker.supervisor, seq);
      }
      says("");
      worker.supervisor.send(new Ping(4));
      answered(worker.supervisor, 4);
      says("");
    }
  }

  @Test
  void whoIsUnwellDoesNotAnswerUntilItIsWell() throws Exception {
    try (InProcess worker = started(LONG)) {
      SupervisorEnd supervisor = worker.supervisor;
      supervisor.send(new Ping(1));
      answered(supervisor, 1);
      says("no database");
      String told = supervisor.expect(Warning.class).text();
      assertTrue(told.contains("IllegalStateException: no database"), told);
      supervisor.send(new Ping(2));
      says("no database");
      says("still none"); // told once
      assertFalse(supervisor.hasMessage());
      says(""); // no other ping comes
      assertEquals(
          "well again, so heartbeats are answered", supervisor.expect(Warning.class).text());
      answered(supervisor, 2);
    }
  }

  @Test
  void aCheckThatDoesNotReturnIsNoAnswer() throws Exception {
    try (InProcess worker = started(Duration.ofMillis(50))) {
      SupervisorEnd supervisor = worker.supervisor;
      supervisor.send(new Ping(1));
      answered(supervisor, 1);
      int seq = 1;
      boolean told = false;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!told && System.nanoTime() < end) {
        supervisor.send(new Ping(++seq));
        told = !answersPing(supervisor, seq);
      }
      assertTrue(told, "every ping was answered");
      says(""); // late, so one more is asked for
      says("");
      String again = supervisor.expect(Warning.class).text();
      assertEquals("well again, so heartbeats are answered", again);
      answered(supervisor, seq);
    }
  }

  /** Or else a warning. */
  private static boolean answersPing(SupervisorEnd supervisor, long seq) throws Exception {
    ToSupervisor message = supervisor.expect(ToSupervisor.class);
    if (message instanceof Pong pong) {
      assertEquals(seq, pong.seq());
      return true;
    }
    String text = ((Warning) message).text();
    assertTrue(text.contains("the health check has not returned within 50 ms"), text);
    return false;
  }

  @Test
  void aWorkerEndsThoughItsCheckHangs() throws Exception {
    Semaphore never = new Semaphore(0);
    CompletableFuture<Thread> checking = new CompletableFuture<>();
    Worker plugin =
        context -> {
          context.health(
              () -> {
                checking.complete(Thread.currentThread());
                never.acquire();
              },
              Duration.ofMillis(1));
          context.ready();
        };
    try (InProcess worker = InProcess.started(plugin)) {
      worker.supervisor.expect(Ready.class);
      worker.supervisor.send(new Ping(1));
      answered(worker.supervisor, 1);
      assertTrue(checking.get(20, TimeUnit.SECONDS).isDaemon());
      worker.supervisor.send(new Stop(1, 1000));
      worker.assertExit(ExitCode.OK);
      never.release();
    }
  }

  @Test
  void thereIsOneCheckAndItHasADeadline() throws Exception {
    CompletableFuture<Boolean> refused = new CompletableFuture<>();
    Worker plugin =
        context -> {
          assertThrows(
              IllegalArgumentException.class, () -> context.health(() -> {}, Duration.ZERO));
          context.health(() -> {}, LONG);
          assertThrows(IllegalStateException.class, () -> context.health(() -> {}, LONG));
          context.ready();
          refused.complete(true);
        };
    try (InProcess worker = InProcess.started(plugin)) {
      worker.supervisor.expect(Ready.class);
      assertTrue(refused.get(20, TimeUnit.SECONDS));
    }
  }
}
