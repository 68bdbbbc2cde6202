package dev.baton.worker;

import static dev.baton.worker.Asking.SOME;
import static dev.baton.worker.Asking.failure;
import static dev.baton.worker.Asking.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.LostDescriptorsException;
import dev.baton.protocol.ToSupervisor.Drained;
import dev.baton.protocol.ToSupervisor.Open;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many requests at once, and those that are open when something ends. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class RequestBoundsTest {
  private static final Posix POSIX = Posix.system();
  private static final OpenRequest READ = OpenRequest.read();

  private static OwnedFd descriptor() throws IOException {
    return OwnedFd.of(POSIX, POSIX.eventfd(), "opened");
  }

  private static Path path(int number) {
    return Path.of("/" + number);
  }

  @Test
  void manyWaitForTheirTurn() throws Exception {
    int rounds = 15;
    try (Asking asking = new Asking()) {
      List<CompletableFuture<OwnedFd>> futures = new ArrayList<>();
      for (int i = 0; i < rounds * Requests.MOST_SENT; i++) {
        futures.add(asking.context.openDescriptor(path(i), READ));
      }
      Set<String> asked = new HashSet<>();
      for (int round = 0; round < rounds; round++) {
        Set<Long> open = new HashSet<>();
        for (int i = 0; i < Requests.MOST_SENT; i++) {
          Open next = asking.supervisor.expect(Open.class);
          assertTrue(open.add(next.id()) && asked.add(next.path()), next + " twice");
        }
        assertFalse(asking.supervisor.hasMessage(), "more than " + open.size() + " at once");
        for (int i = round * Requests.MOST_SENT; i < asked.size(); i++) {
          assertTrue(asked.contains("/" + i), "who came first is asked for first: " + i);
        }
        for (long id : open) {
          asking.supervisor.opened(id, Kind.FILE, descriptor());
        }
      }
      for (CompletableFuture<OwnedFd> future : futures) {
        get(future).close();
      }
    }
  }

  @Test
  void beyondTheQueueIsBusy() throws Exception {
    try (Asking asking = new Asking()) {
      List<CompletableFuture<FileChannel>> futures = new ArrayList<>();
      for (int i = 0; i < Requests.MOST_SENT + Requests.MOST_WAITING; i++) {
        futures.add(asking.context.open(SOME, READ));
      }
      OpenRefusedException refusal =
          failure(OpenRefusedException.class, asking.context.open(SOME, READ));
      assertEquals(ErrorCode.BUSY, refusal.code());
      assertEquals(
          "open /some/file is refused, BUSY: 16384 requests of this worker wait for their turn",
          refusal.getMessage());
      futures.forEach(future -> assertFalse(future.isDone()));
      futures.subList(0, Requests.MOST_SENT + 1000).forEach(future -> future.cancel(true));
      org.awaitility.Awaitility.await("those that were given up make room")
          .until(() -> !asking.context.open(path(1), READ).isDone());
      asking.supervisor.die();
      IOException gone = failure(IOException.class, futures.get(futures.size() - 1));
      assertEquals("open /some/file: the supervisor is gone", gone.getMessage());
      asking.worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void whatWasCancelledBeforeItsTurnIsNotAsked() throws Exception {
    try (Asking asking = new Asking()) {
      List<CompletableFuture<OwnedFd>> futures = new ArrayList<>();
      for (int i = 0; i < Requests.MOST_SENT + 3; i++) {
        futures.add(asking.context.openDescriptor(path(i), READ));
      }
      futures.get(Requests.MOST_SENT).cancel(true);
      futures.get(Requests.MOST_SENT + 1).cancel(true);
      long first = asking.supervisor.expect(Open.class).id();
      for (int i = 1; i < Requests.MOST_SENT; i++) {
        asking.supervisor.expect(Open.class);
      }
      asking.supervisor.opened(first, Kind.FILE, descriptor());
      get(futures.get(0)).close();
      assertEquals("/" + (Requests.MOST_SENT + 2), asking.supervisor.expect(Open.class).path());
    }
  }

  @Test
  void drainLetsThemGoOnAndStopDoesNot() throws Exception {
    try (Asking asking = new Asking()) {
      CompletableFuture<OwnedFd> before = asking.context.openDescriptor(SOME, READ);
      long id = asking.supervisor.expect(Open.class).id();
      asking.supervisor.send(new ToWorker.Drain(1, 30_000));
      Drain drain = get(asking.drain);
      CompletableFuture<OwnedFd> during = asking.context.openDescriptor(SOME, READ);
      CompletableFuture<OwnedFd> unanswered = asking.context.openDescriptor(SOME, READ);
      asking.supervisor.opened(id, Kind.FILE, descriptor());
      get(before).close();
      asking.supervisor.opened(asking.supervisor.expect(Open.class).id(), Kind.FILE, descriptor());
      get(during).close();
      asking.supervisor.expect(Open.class);
      drain.done();
      asking.supervisor.expect(Drained.class);
      assertFalse(unanswered.isDone());
      asking.supervisor.send(new ToWorker.Stop(2, 30_000));
      asking.worker.assertExit(ExitCode.OK);
      String stopped = "open /some/file: this worker has stopped";
      assertEquals(stopped, failure(IOException.class, unanswered).getMessage());
      assertEquals(
          stopped, failure(IOException.class, asking.context.open(SOME, READ)).getMessage());
    }
  }

  @Test
  void answersThatMeetTheEndAreNotLeaked() throws Exception {
    for (int round = 0; round < 10; round++) {
      List<CompletableFuture<OwnedFd>> futures = new ArrayList<>();
      try (Asking asking = new Asking()) {
        for (int i = 0; i < 100; i++) {
          futures.add(asking.context.openDescriptor(SOME, READ));
        }
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          ids.add(asking.supervisor.expect(Open.class).id());
        }
        for (int i = 0; i < 100; i++) {
          if (i == 10 * round) {
            asking.supervisor.send(new ToWorker.Stop(2, 30_000));
          }
          asking.supervisor.opened(ids.get(i), Kind.FILE, descriptor());
        }
      } catch (IOException e) {
        // the worker was quick to leave
      }
      for (CompletableFuture<OwnedFd> future : futures) {
        OwnedFd fd = get(future.handle((opened, failure) -> opened));
        if (fd != null) {
          fd.close();
        }
      }
    }
  }

  @Test
  void lackOfNumbersFailsTheRequestAlone() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
    try (SupervisorEnd supervisor = new SupervisorEnd(ends.supervisor(), () -> "");
        Outbox outbox =
            new Outbox(
                POSIX,
                new MessageChannel<>(POSIX, new FrameSocket(POSIX, ends.worker()), ToWorker.class),
                System.out,
                () -> {})) {
      Requests requests = new Requests(outbox);
      Session session =
          new Session(
              outbox, null, null, requests, null, new PluginThread(), null, System.out, null);
      session.handle(new Received<>(SupervisorEnd.welcomeMessage("X", Map.of(), 1), FdBag.EMPTY));
      CompletableFuture<OwnedFd> future = requests.ask(Wanted.DESCRIPTOR, "/x", READ.how());
      assertTrue(session.awaited());
      long id = supervisor.expect(Open.class).id();
      ToWorker.Opened opened = new ToWorker.Opened(id, List.of(Descriptor.file("/x", "read")));
      session.lost(new LostDescriptorsException(Codec.encode(opened)));
      assertEquals(
          "open /x: EMFILE: this worker has too many open files (ulimit -n)",
          failure(IOException.class, future).getMessage());
      assertFalse(session.awaited());
      session.lost(new LostDescriptorsException(Codec.encode(opened)));
    }
  }

  @Test
  void pluginThatIsSlowWithAnAnswerHoldsUpNothingElse() throws Exception {
    try (Asking asking = new Asking()) {
      CountDownLatch hold = new CountDownLatch(1);
      CompletableFuture<String> slow =
          asking
              .context
              .openDescriptor(SOME, READ)
              .thenApply(
                  fd -> {
                    fd.close();
                    try {
                      hold.await();
                    } catch (InterruptedException e) {
                      throw new CancellationException();
                    }
                    return Thread.currentThread().getName();
                  });
      asking.supervisor.opened(asking.supervisor.expect(Open.class).id(), Kind.FILE, descriptor());
      asking.settle();
      CompletableFuture<OwnedFd> other = asking.context.openDescriptor(SOME, READ);
      asking.supervisor.opened(asking.supervisor.expect(Open.class).id(), Kind.FILE, descriptor());
      get(other).close();
      hold.countDown();
      assertTrue(get(slow).startsWith("baton-answers-"), slow.get());
    }
  }

  /** A handler of answers may ask and wait for answers itself, however few the threads are. */
  @Test
  void answersLeadToFurtherRequests() throws Exception {
    int depth = 40;
    try (Asking asking = new Asking()) {
      AtomicInteger deepest = new AtomicInteger();
      CompletableFuture<Void> all = nested(asking.context, depth, deepest);
      for (int i = 0; i < depth; i++) {
        asking.supervisor.opened(
            asking.supervisor.expect(Open.class).id(), Kind.FILE, descriptor());
      }
      get(all);
      assertEquals(depth, deepest.get());
    }
  }

  private static CompletableFuture<Void> nested(
      WorkerContext context, int depth, AtomicInteger deepest) {
    return context
        .openDescriptor(SOME, READ)
        .thenAccept(
            fd -> {
              fd.close();
              deepest.incrementAndGet();
              if (depth > 1) {
                nested(context, depth - 1, deepest).join();
              }
            });
  }

  /** The thread that reads has stepped back for the handler, which waits for an answer. */
  @Test
  void handlerOfADispatchedConnectionGetsItsAnswer() throws Exception {
    int count = 50;
    CompletableFuture<WorkerContext> given = new CompletableFuture<>();
    Worker plugin =
        context -> {
          context.connections(
              "web",
              connection -> {
                try (connection) {
                  context.openDescriptor(SOME, READ).join().close();
                  Visitor.write(connection.channel(), "opened");
                }
              });
          context.ready();
          given.complete(context);
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      for (long n = 1; n <= count; n++) {
        Visitor visitor = d.handOff(n);
        Open open = d.until(Open.class);
        d.supervisor.opened(open.id(), Kind.FILE, descriptor());
        assertEquals("opened", visitor.readAll());
      }
    }
  }
}
