package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sending to a supervisor that does not read. */
@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class OutboxTest {
  private final AtomicInteger overflows = new AtomicInteger();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private SupervisorEnd supervisor;
  private Outbox outbox;

  @BeforeEach
  void connect() throws Exception {
    Posix posix = Posix.system();
    FrameSocket.Ends ends = FrameSocket.pair(posix, "test");
    supervisor = new SupervisorEnd(ends.supervisor(), log::toString);
    outbox =
        new Outbox(
            posix,
            new MessageChannel<>(posix, new FrameSocket(posix, ends.worker()), ToWorker.class),
            new PrintStream(log, true),
            overflows::incrementAndGet);
  }

  @AfterEach
  void close() {
    supervisor.close();
    outbox.close();
  }

  @Test
  void whatTheKernelDoesNotTakeFollowsInOrder() throws Exception {
    int count = 900;
    for (int i = 0; i < count; i++) {
      outbox.send(new ToSupervisor.Pong(i));
    }
    for (int i = 0; i < count; i++) {
      assertEquals(i, supervisor.expect(ToSupervisor.Pong.class).seq());
    }
    outbox.awaitSent(Duration.ofSeconds(10));
    outbox.send(new ToSupervisor.Ready());
    supervisor.expect(ToSupervisor.Ready.class);
    assertEquals(0, overflows.get());
  }

  @Test
  void ofRepeatingMessagesTheNewestWaits() throws Exception {
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      outbox.sendNewest(new ToSupervisor.Status("line " + i));
    }
    int received = 0;
    String last;
    do {
      last = supervisor.expect(ToSupervisor.Status.class).text();
      received++;
    } while (!last.equals("line " + (count - 1)));
    assertTrue(received < 2000, received + " messages");
    assertEquals(0, overflows.get());
  }

  @Test
  void overflowIsToldOnce() throws Exception {
    for (int i = 0; i < Limits.QUEUED_FRAMES * 3; i++) {
      outbox.send(new ToSupervisor.Pong(i));
    }
    assertEquals(1, overflows.get());
    assertTrue(log.toString().contains("does not read its channel"), log.toString());
  }

  @Test
  void lastWordsWaitForRoomButNotForEver() throws Exception {
    for (int i = 0; i < 900; i++) {
      outbox.send(new ToSupervisor.Pong(i));
    }
    long begin = System.nanoTime();
    outbox.awaitSent(Duration.ofMillis(50));
    assertTrue(System.nanoTime() - begin >= 50_000_000, "nobody read");
  }

  @Test
  void deathOfTheSupervisorEndsTheQueue() throws Exception {
    for (int i = 0; i < 900; i++) {
      outbox.send(new ToSupervisor.Pong(i));
    }
    supervisor.die();
    outbox.awaitSent(Duration.ofSeconds(20));
    outbox.send(new ToSupervisor.Ready());
    Awaitility.await("no thread waits for room")
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().equals("baton-flush")));
    assertEquals("", log.toString());
  }
}
