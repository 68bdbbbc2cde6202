package dev.baton.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.FrameSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reactor: it wakes when it must, and only then. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class LoopTest {
  private static final Posix POSIX = Posix.system();

  /** What a test does around a call of a method; {@code null} passes it on. */
  private interface Hook {
    void around(String method, boolean after) throws Exception;
  }

  private static Posix hooked(Hook hook) {
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (self, method, arguments) -> {
              hook.around(method.getName(), false);
              try {
                Object result = method.invoke(POSIX, arguments);
                hook.around(method.getName(), true);
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void tasksOfManyThreadsAllRunOnTheLoopInTheOrderOfEach() throws Exception {
    int threads = 8;
    int each = 2_000;
    List<List<Integer>> seen = new ArrayList<>();
    try (RunningLoop running = new RunningLoop(POSIX)) {
      CountDownLatch done = new CountDownLatch(threads * each);
      for (int t = 0; t < threads; t++) {
        List<Integer> own = new ArrayList<>();
        seen.add(own);
        new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    int number = i;
                    running.loop.execute(
                        () -> {
                          own.add(number);
                          done.countDown();
                        });
                  }
                })
            .start();
      }
      assertTrue(done.await(20, TimeUnit.SECONDS), () -> done.getCount() + " tasks did not run");
    }
    for (List<Integer> own : seen) {
      assertEquals(java.util.stream.IntStream.range(0, each).boxed().toList(), own);
    }
  }

  /**
   * A task that is posted while the loop clears its wake-up must not be the last one that wakes it.
   */
  @Test
  void aTaskPostedWhileTheWakeUpIsClearedDoesNotSilenceLaterOnes() throws Exception {
    BlockingQueue<Runnable> before = new LinkedBlockingQueue<>();
    BlockingQueue<Runnable> after = new LinkedBlockingQueue<>();
    Posix posix =
        hooked(
            (method, done) -> {
              Runnable hook = method.equals("read") ? (done ? after : before).poll() : null;
              if (hook != null) {
                hook.run();
              }
            });
    try (RunningLoop running = new RunningLoop(posix)) {
      for (BlockingQueue<Runnable> moment : List.of(before, after)) {
        CountDownLatch between = new CountDownLatch(1);
        moment.add(() -> running.loop.execute(between::countDown));
        running.ask(() -> null);
        assertTrue(between.await(5, TimeUnit.SECONDS), "the task in between was lost");
        running.ask(() -> null);
        running.ask(() -> null);
      }
    }
  }

  @Test
  void aHandlerThatThrowsDoesNotEndTheLoop() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
    try (OwnedFd left = ends.supervisor();
        OwnedFd right = ends.worker();
        RunningLoop running = new RunningLoop(POSIX)) {
      BlockingQueue<String> said = new LinkedBlockingQueue<>();
      running.loop.execute(
          () -> {
            throw new IllegalStateException("a task that fails, on purpose");
          });
      running.on(
          () ->
              running.loop.watch(
                  left::borrow,
                  () -> {
                    said.add(read(left));
                    throw new AssertionError("a handler that fails, on purpose");
                  },
                  () -> {}));
      for (String word : List.of("one", "two")) {
        write(right, word);
        assertEquals(word, said.poll(5, TimeUnit.SECONDS));
      }
      assertEquals("still here", running.ask(() -> "still here"));
    }
  }

  @Test
  void interestsComeAndGoInsideHandlers() throws Exception {
    FrameSocket.Ends first = FrameSocket.pair(POSIX, "first");
    FrameSocket.Ends second = FrameSocket.pair(POSIX, "second");
    try (OwnedFd a = first.supervisor();
        OwnedFd b = second.supervisor();
        OwnedFd toA = first.worker();
        OwnedFd toB = second.worker();
        RunningLoop running = new RunningLoop(POSIX)) {
      BlockingQueue<String> said = new LinkedBlockingQueue<>();
      Loop.Interest[] both = new Loop.Interest[2];
      // Both become readable before the next turn; the first to be called cancels both.
      Runnable cancelBoth =
          () -> {
            said.add("called");
            both[0].cancel();
            both[1].cancel();
            both[1].cancel();
          };
      running.on(
          () -> {
            both[0] = running.loop.watch(a::borrow, cancelBoth, () -> {});
            both[1] = running.loop.watch(b::borrow, cancelBoth, () -> {});
            write(toA, "x");
            write(toB, "x");
          });
      assertEquals("called", said.poll(5, TimeUnit.SECONDS));
      running.ask(() -> null);
      assertEquals(0, said.size(), "one that was cancelled was called");
      // And one that is added by a handler.
      read(a);
      read(b);
      running.on(
          () ->
              running.loop.watch(
                  a::borrow,
                  () -> {
                    said.add(read(a));
                    watch(running, b, said);
                  },
                  () -> {}));
      write(toA, "a");
      assertEquals("a", said.poll(5, TimeUnit.SECONDS));
      write(toB, "b");
      assertEquals("b", said.poll(5, TimeUnit.SECONDS));
    }
  }

  private static void watch(RunningLoop running, OwnedFd fd, BlockingQueue<String> said) {
    try {
      running.loop.watch(fd::borrow, () -> said.add(read(fd)), () -> {});
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void writingIsAskedForOnlyWhenItIsWanted() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
    try (OwnedFd left = ends.supervisor();
        OwnedFd right = ends.worker();
        RunningLoop running = new RunningLoop(POSIX)) {
      assertTrue(right.isOpen());
      BlockingQueue<String> written = new LinkedBlockingQueue<>();
      Loop.Interest[] interest = new Loop.Interest[1];
      running.on(
          () -> {
            interest[0] =
                running.loop.watch(
                    left::borrow,
                    () -> {},
                    () -> {
                      written.add("can write");
                      writing(interest[0], false);
                    });
          });
      running.ask(() -> null);
      assertEquals(0, written.size());
      running.on(() -> interest[0].writing(true));
      assertEquals("can write", written.poll(5, TimeUnit.SECONDS));
      running.ask(() -> null);
      assertEquals(0, written.size(), "told again though it did not ask");
    }
  }

  private static void writing(Loop.Interest interest, boolean wanted) {
    try {
      interest.writing(wanted);
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anIdleLoopDoesNotTurn() throws Exception {
    AtomicInteger turns = new AtomicInteger();
    FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
    try (OwnedFd left = ends.supervisor();
        OwnedFd right = ends.worker();
        RunningLoop running =
            new RunningLoop(
                hooked(
                    (method, done) -> {
                      if (method.equals("epollWait") && !done) {
                        turns.incrementAndGet();
                      }
                    }))) {
      assertTrue(right.isOpen());
      CountDownLatch rang = new CountDownLatch(1);
      running.on(
          () -> {
            running.loop.watch(left::borrow, () -> {}, () -> {});
            long soon = running.loop.now() + TimeUnit.MILLISECONDS.toNanos(200);
            running.loop.timers().at(soon, rang::countDown);
          });
      int before = turns.get();
      assertTrue(rang.await(5, TimeUnit.SECONDS));
      // The end of the turn that ran the task, the wait for the deadline, and one too early.
      int during = turns.get() - before;
      assertTrue(during <= 3, during + " turns while there was nothing to do");
    }
  }

  @Test
  void deadlinesAreKeptAndNeverEarly() throws Exception {
    try (RunningLoop running = new RunningLoop(POSIX)) {
      BlockingQueue<Long> late = new LinkedBlockingQueue<>();
      running.on(
          () -> {
            for (int i = 1; i <= 5; i++) {
              long when = running.loop.now() + i * 1_300_000L;
              running.loop.timers().at(when, () -> late.add(running.loop.now() - when));
            }
          });
      for (int i = 0; i < 5; i++) {
        Long by = late.poll(5, TimeUnit.SECONDS);
        assertTrue(by != null && by >= 0, "a deadline came " + by + " ns late");
      }
    }
  }

  @Test
  void aWaitThatFailsEndsTheLoopAndNamesTheCall() throws Exception {
    FaultyPosix faulty =
        new FaultyPosix(POSIX, 1, Errno.EBADF).sparing("epollCreate", "eventfd", "epollCtl");
    try (RunningLoop running = new RunningLoop(faulty.posix())) {
      ExecutionException e = assertThrows(ExecutionException.class, running::awaitEnd);
      SysException cause = assertInstanceOf(SysException.class, e.getCause());
      assertEquals("epoll_wait failed: EBADF (Bad file descriptor)", cause.getMessage());
    }
  }

  @Test
  void makingAndWatchingLeaveNothingWhenACallFails() {
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX,
            Errno.ENOSPC,
            posix -> {
              FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
              try (OwnedFd left = ends.supervisor();
                  OwnedFd right = ends.worker();
                  Loop loop = new Loop(posix)) {
                assertTrue(right.isOpen());
                Loop.Interest interest = loop.watch(left::borrow, () -> {}, () -> {});
                interest.writing(true);
                interest.cancel();
                interest.cancel();
              }
            });
    // Taking out of the set cannot fail in a way that matters.
    assertEquals(outcome.calls() - 1, outcome.noticed(), outcome::toString);
  }

  private static String read(OwnedFd fd) {
    byte[] bytes = new byte[64];
    try {
      int count = fd.borrow(n -> POSIX.read(n, bytes));
      return new String(bytes, 0, Math.max(0, count), java.nio.charset.StandardCharsets.UTF_8);
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(OwnedFd fd, String text) throws SysException {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int written = fd.borrow(n -> POSIX.write(n, bytes, bytes.length));
    assertEquals(bytes.length, written);
  }
}
