package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Refuse;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that serve read the control channel, too; none of them is relied upon. */
@ExtendWith(FdLeakCheck.class)
class LeadingTest {
  /** Serves all at once, but the one that is to hang. */
  private static final class Server implements Worker {
    private final boolean inline;
    private final CompletableFuture<Long> hangs = new CompletableFuture<>();
    private final CompletableFuture<Drain> drain = new CompletableFuture<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile long hanging = Long.MAX_VALUE;

    private Server(boolean inline) {
      this.inline = inline;
    }

    @Override
    public void start(WorkerContext context) throws Exception {
      if (inline) {
        context.connections("web", Runnable::run, this::serve);
      } else {
        context.connections("web", this::serve);
      }
      context.ready();
    }

    private void serve(Connection connection) throws Exception {
      if (connection.id() == hanging) {
        hangs.complete(hanging);
        assertTrue(goOn.await(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS));
      }
      connection.close();
    }

    @Override
    public void drain(Drain asked) {
      drain.complete(asked);
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Hands connections over until a thread that has served one reads. Returns the last number. */
  private static long untilLed(Dispatched d, Visitor visitor) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SupervisorEnd.MILLIS);
    for (long number = 1; System.nanoTime() < deadline; number++) {
      d.supervisor.handOff(number, "web", visitor.peer(), visitor.kept());
      d.untilClosed(number);
      if (led()) {
        return number;
      }
    }
    throw new AssertionError("no thread that serves has read the channel");
  }

  private static boolean led() {
    for (Map.Entry<Thread, StackTraceElement[]> e : Thread.getAllStackTraces().entrySet()) {
      if (e.getKey().getName().startsWith("connections-web")
          && Arrays.stream(e.getValue()).anyMatch(f -> f.getMethodName().equals("lead"))) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoHangsAfterItReadStopsNothing(boolean inline) throws Exception {
    Server server = new Server(inline);
    try (Dispatched d = new Dispatched(Sockets.tcp(), server);
        Visitor visitor = Visitor.of(d.listener)) {
      long last = untilLed(d, visitor);
      server.hanging = last + 1;
      d.supervisor.handOff(last + 1, "web", visitor.peer(), visitor.kept());
      assertEquals(last + 1, get(server.hangs));
      d.supervisor.send(new ToWorker.Ping(1));
      assertEquals(1, d.until(Pong.class).seq());
      d.supervisor.handOff(last + 2, "web", visitor.peer(), visitor.kept());
      d.recall(last + 1, last + 2);
      d.until(Refuse.class);
      Set<Long> oneFate = Set.of(last + 2);
      if (inline) {
        assertEquals(oneFate, d.refused);
      } else if (d.refused.isEmpty()) {
        d.untilClosed(last + 2);
      }
      d.supervisor.send(new ToWorker.Drain(5, SupervisorEnd.MILLIS));
      get(server.drain).done();
      server.goOn.countDown();
      d.untilClosed(last + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supervisorsEndIsSeenByWhoeverReads(boolean inline) throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), new Server(inline));
        Visitor visitor = Visitor.of(d.listener)) {
      untilLed(d, visitor);
      d.supervisor.die();
      d.worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void idleWorkerLeavesReadingToTheChannelThread() throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), new Server(true));
        Visitor visitor = Visitor.of(d.listener)) {
      untilLed(d, visitor);
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SupervisorEnd.MILLIS);
      while (led() || !channelThreadWaits()) {
        assertTrue(System.nanoTime() < deadline, "somebody else still reads");
        Thread.onSpinWait();
      }
      d.supervisor.send(new ToWorker.Ping(2));
      assertEquals(2, d.until(Pong.class).seq());
    }
  }

  private static boolean channelThreadWaits() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(e -> e.getKey().getName().equals("baton-channel"))
        .anyMatch(
            e ->
                Arrays.stream(e.getValue())
                    .anyMatch(
                        f ->
                            f.getClassName().equals(Receiver.class.getName())
                                && f.getMethodName().equals("await")));
  }
}
