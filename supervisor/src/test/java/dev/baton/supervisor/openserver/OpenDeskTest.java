package dev.baton.supervisor.openserver;

import static dev.baton.protocol.ErrorCode.BUSY;
import static dev.baton.protocol.OpenHow.Access.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.OpenHow;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Limits, turns, and who is gone. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenDeskTest {
  private static final OpenHow HOW = OpenHow.of(READ);

  private final Posix posix = Posix.system();

  @TempDir Path temp;
  private Path root;
  private String file;

  @BeforeEach
  void files() throws IOException {
    root = temp.toRealPath();
    file = Files.writeString(root.resolve("f"), "content").toString();
    Files.writeString(root.resolve("hang"), "");
  }

  /** A kernel in which looking for a file named {@code hang} takes until the latch opens. */
  private Posix hanging(CountDownLatch latch) {
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (self, method, arguments) -> {
              if (method.getName().equals("openat2")
                  && new String((byte[]) arguments[1], StandardCharsets.UTF_8).equals("hang")) {
                latch.await();
              }
              try {
                return method.invoke(posix, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void close(Answer answer) {
    if (answer instanceof Answer.Given given) {
      given.fd().close();
    }
  }

  @Test
  void requestsInFlightAreBounded() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    OpenLimits limits = new OpenLimits(8, 1000, 10_000);
    try (Asking ask = new Asking(hanging(latch), Policies.open(limits, Policies.all(root)))) {
      List<CompletableFuture<Answer>> held = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        held.add(ask.open(root + "/hang", HOW));
      }
      Answer.Refused refused = Asking.refused(ask.open(file, HOW));
      assertEquals(BUSY, refused.code());
      assertEquals("8 requests are in flight, which is the limit", refused.text());
      latch.countDown();
      held.forEach(each -> Asking.given(each).close());
      Asking.given(ask.open(file, HOW)).close();
    }
  }

  @Test
  void requestsASecondAreBoundedAndTheFloodDoesNotFillTheLog() throws Exception {
    int flood = 100_000;
    OpenLimits limits = new OpenLimits(200_000, 100, 10_000);
    AtomicInteger given = new AtomicInteger();
    AtomicInteger busy = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(flood);
    try (Asking ask = new Asking(posix, Policies.open(limits, Policies.all(root)))) {
      long from = System.nanoTime();
      for (int i = 0; i < flood; i++) {
        ask.desk.open(
            file,
            HOW,
            answer -> {
              if (answer instanceof Answer.Given g) {
                g.fd().close();
                given.incrementAndGet();
              } else if (((Answer.Refused) answer).code() == BUSY) {
                busy.incrementAndGet();
              }
              all.countDown();
            });
      }
      assertTrue(all.await(30, TimeUnit.SECONDS));
      long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from);
      assertEquals(flood, given.get() + busy.get());
      assertTrue(given.get() >= 100 && given.get() <= 100 * (seconds + 1), given + " given");
      assertTrue(ask.audited.size() <= given.get() + seconds + 2, ask.audited.size() + " lines");
      ask.desk.close();
      String last = List.copyOf(ask.audited).get(ask.audited.size() - 1);
      assertTrue(last.matches("refused vault/0#3 .* \\d+ requests BUSY over its limits.*"), last);
    }
  }

  @Test
  void descriptorsOpenAtOnceAreBounded() throws Exception {
    int now = OpenCount.of((int) ProcessHandle.current().pid()).now();
    assertTrue(now > 3, "counted " + now);
    OpenLimits limits = new OpenLimits(1000, 100_000, now + 64);
    List<OwnedFd> held = new ArrayList<>();
    try (Asking ask = new Asking(posix, Policies.open(limits, Policies.all(root)))) {
      Answer answer = Asking.get(ask.open(file, HOW));
      while (answer instanceof Answer.Given given && held.size() < 1000) {
        held.add(given.fd());
        answer = Asking.get(ask.open(file, HOW));
      }
      assertEquals(BUSY, ((Answer.Refused) answer).code());
      assertTrue(held.size() > 10 && held.size() <= 80, "got " + held.size());
      held.forEach(OwnedFd::close);
      long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
      answer = Asking.get(ask.open(file, HOW));
      while (answer instanceof Answer.Refused && System.nanoTime() < deadline) {
        answer = Asking.get(ask.open(file, HOW)); // until the next look
      }
      ((Answer.Given) answer).fd().close();
    } finally {
      held.forEach(OwnedFd::close);
    }
  }

  @Test
  void whoWaitsForADeadFileServerStopsNobodyElse() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Posix slow = hanging(latch);
    List<OpenDesk> desks = new ArrayList<>();
    try (Asking ask = new Asking(slow, Policies.open(Policies.all(root)))) {
      for (int i = 0; i < 5; i++) { // two threads each: more than there are
        OpenDesk desk =
            ask.server.desk(Asking.WHO, Policies.open(Policies.all(root)), Runnable::run);
        desks.add(desk);
        for (int j = 0; j < 10; j++) {
          desk.open(root + "/hang", HOW, OpenDeskTest::close); // refused, if the server ends first
        }
      }
      for (int i = 0; i < 20; i++) {
        Asking.given(ask.open(file, HOW)).close();
      }
      latch.countDown();
    } finally {
      latch.countDown();
      desks.forEach(OpenDesk::close);
    }
  }

  /** Answers that a worker does not read hold descriptors of the supervisor. */
  @Test
  void answersThatAreNotTakenCountAsInFlight() throws Exception {
    int[] untaken = {1};
    OpenLimits limits = new OpenLimits(2, 1_000_000, 1_000_000);
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)));
        OpenDesk desk =
            ask.server.desk(
                Asking.WHO,
                Policies.open(limits, Policies.all(root)),
                Runnable::run,
                () -> untaken[0])) {
      CompletableFuture<Answer> first = new CompletableFuture<>();
      desk.open(file, HOW, first::complete);
      Asking.given(first).close();
      untaken[0] = 2;
      CompletableFuture<Answer> second = new CompletableFuture<>();
      desk.open(file, HOW, second::complete);
      assertEquals(
          new Answer.Refused(BUSY, "2 answers were not taken yet, which is the limit"),
          Asking.get(second));
    }
  }

  /** One has thousands of requests waiting, another comes with one. */
  @Test
  void desksTakeTurns() throws Exception {
    OpenLimits limits = new OpenLimits(100_000, 1_000_000, 10_000);
    try (Asking ask = new Asking(posix, Policies.open(limits, Policies.all(root)))) {
      AtomicInteger answered = new AtomicInteger();
      OpenDesk greedy =
          ask.server.desk(Asking.WHO, Policies.open(limits, Policies.all(root)), Runnable::run);
      for (int i = 0; i < 50_000; i++) {
        greedy.open(
            file,
            HOW,
            answer -> {
              ((Answer.Given) answer).fd().close();
              answered.incrementAndGet();
            });
      }
      int before = answered.get();
      Asking.given(ask.open(file, HOW)).close();
      int passed = answered.get() - before;
      greedy.close();
      assertTrue(passed < 25_000, passed + " others came first");
    }
  }

  @Test
  void answersComeOnTheExecutorInBatches() throws Exception {
    ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      OpenDesk desk = ask.server.desk(Asking.WHO, Policies.open(Policies.all(root)), posted::add);
      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        desk.open(file, HOW, answers::add);
      }
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (ask.audited.size() < 100 && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertEquals(1, posted.size());
      assertTrue(answers.isEmpty());
      while (answers.size() < 100 && System.nanoTime() < deadline) {
        Runnable task = posted.poll();
        if (task != null) {
          task.run();
        }
      }
      assertEquals(100, answers.size());
      answers.forEach(answer -> ((Answer.Given) answer).fd().close());
      desk.close();
    }
  }

  @Test
  void whatIsAbandonedIsClosedAndNobodyHearsOfIt() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
    AtomicInteger heard = new AtomicInteger();
    try (Asking ask = new Asking(hanging(latch), Policies.open(Policies.all(root)))) {
      OpenDesk desk = ask.server.desk(Asking.WHO, Policies.open(Policies.all(root)), posted::add);
      for (int i = 0; i < 50; i++) {
        desk.open(file, HOW, answer -> heard.incrementAndGet());
        desk.open(root + "/hang", HOW, answer -> heard.incrementAndGet());
      }
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (posted.isEmpty() && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertFalse(posted.isEmpty());
      desk.close();
      latch.countDown();
      posted.forEach(Runnable::run);
      desk.open(file, HOW, answer -> heard.incrementAndGet());
    }
    assertEquals(0, heard.get());
  }

  @Test
  void anExecutorThatIsGoneClosesTheDesk() throws Exception {
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      AtomicInteger tries = new AtomicInteger();
      OpenDesk desk =
          ask.server.desk(
              Asking.WHO,
              Policies.open(Policies.all(root)),
              task -> {
                tries.incrementAndGet();
                throw new RejectedExecutionException("gone");
              });
      desk.open(file, HOW, answer -> {});
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (!desk.isClosed() && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertTrue(desk.isClosed());
      assertEquals(2, tries.get());
    }
  }

  @Test
  void anEndedServerRefuses() throws Exception {
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      ask.server.close();
      assertEquals("the open server has ended", Asking.refused(ask.open(file, HOW)).text());
    }
  }
}
