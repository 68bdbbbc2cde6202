package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a worker brings to its next supervisor, and what it must not bring. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class RejoinTest {
  private static final Posix POSIX = Posix.system();
  private static final long LONG = NextSupervisor.LONG_MILLIS;
  private static final long SECONDS = 20;

  @TempDir Path folder;
  private NextSupervisor next;

  @BeforeEach
  void bind() throws Exception {
    next = new NextSupervisor(folder);
  }

  @AfterEach
  void unbind() {
    next.close();
  }

  /** Who has said ready. */
  private InProcess ready(Worker plugin, List<Descriptor> what, OwnedFd... fds) throws Exception {
    InProcess worker = new InProcess(plugin);
    SupervisorEnd supervisor = worker.supervisor;
    supervisor.expect(ToSupervisor.Hello.class);
    supervisor.send(next.welcome(LONG));
    if (!what.isEmpty()) {
      supervisor.offer(1, what, fds);
    }
    supervisor.start();
    while (!(supervisor.expect(ToSupervisor.class) instanceof ToSupervisor.Ready)) {
      // claims
    }
    return worker;
  }

  private SupervisorEnd adopt(InProcess worker) throws Exception {
    SupervisorEnd second = next.accept(worker);
    second.expect(ToSupervisor.Rejoin.class);
    second.send(NextSupervisor.adopted());
    return second;
  }

  private static void stop(InProcess worker, SupervisorEnd supervisor) throws Exception {
    supervisor.send(new ToWorker.Stop(9, LONG));
    worker.assertExit(ExitCode.OK);
  }

  private static long cookie(OwnedFd socket) throws Exception {
    return socket.<Long, IOException>borrow(POSIX::socketCookie);
  }

  @Test
  void everyDescriptorIsTheOneThatWasLentWithTheWordsThatItCameWith() throws Exception {
    List<Descriptor> what =
        List.of(
            new Descriptor(Kind.LISTENER, "taken", Purpose.USE, "tcp://a", "shared", null),
            new Descriptor(Kind.LISTENER, "sibling", Purpose.CUSTODY, "tcp://b", "reuseport", null),
            new Descriptor(Kind.FILE, "data", Purpose.USE, null, null, "read"));
    Path content = Files.writeString(folder.resolve("data"), "0123456789");
    CompletableFuture<FileChannel> data = new CompletableFuture<>();
    CompletableFuture<ServerSocketChannel> taken = new CompletableFuture<>();
    Worker plugin =
        context -> {
          taken.complete(context.listener("taken"));
          data.complete(context.file("data"));
          context.ready();
        };
    try (OwnedFd listener = Sockets.tcp();
        OwnedFd sibling = Sockets.tcp();
        OwnedFd file = Sockets.file(content, Constants.O_RDONLY);
        InProcess worker = ready(plugin, what, listener, sibling, file)) {
      data.get(SECONDS, TimeUnit.SECONDS).read(ByteBuffer.allocate(4));
      next.listen();
      worker.supervisor.die();
      try (SupervisorEnd second = next.accept(worker);
          SupervisorEnd.Brought brought = second.rejoin()) {
        assertEquals(Set.copyOf(what), Set.copyOf(brought.said().fds()));
        assertEquals(what.size(), brought.said().fds().size());
        assertEquals(cookie(listener), cookie(brought.named("taken")));
        assertEquals(cookie(sibling), cookie(brought.named("sibling")));
        long offset = brought.named("data").<Long, IOException>borrow(RejoinTest::offset);
        assertEquals(4, offset); // it is shared
        second.send(NextSupervisor.adopted());
        stop(worker, second);
      }
      taken.get(SECONDS, TimeUnit.SECONDS).close();
      data.get(SECONDS, TimeUnit.SECONDS).close();
    }
  }

  private static long offset(int number) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number))) {
      if (line.startsWith("pos:")) {
        return Long.parseLong(line.substring(4).strip());
      }
    }
    throw new AssertionError("no offset");
  }

  /** The plugin is busy, so it has the old one still. */
  @Test
  void ofAFileThatWasOfferedAnewTheNewestIsBrought() throws Exception {
    CompletableFuture<Void> busy = new CompletableFuture<>();
    Worker plugin =
        context -> {
          context.file("key");
          context.ready();
          busy.get(SECONDS, TimeUnit.SECONDS);
        };
    Path old = Files.writeString(folder.resolve("old"), "old");
    Path fresh = Files.writeString(folder.resolve("fresh"), "fresh");
    try (OwnedFd one = Sockets.file(old, Constants.O_RDONLY);
        OwnedFd two = Sockets.file(fresh, Constants.O_RDWR);
        InProcess worker = ready(plugin, List.of(Descriptor.file("key", "read")), one)) {
      Descriptor anew = Descriptor.file("key", "read-write");
      worker.supervisor.offer(2, List.of(anew), two);
      next.listen();
      worker.supervisor.die();
      try (SupervisorEnd second = next.accept(worker);
          SupervisorEnd.Brought brought = second.rejoin()) {
        assertEquals(List.of(anew), brought.said().fds());
        String path =
            brought
                .named("key")
                .<Path, IOException>borrow(
                    n -> Files.readSymbolicLink(Path.of("/proc/self/fd/" + n)))
                .toString();
        assertEquals(fresh.toString(), path);
        second.send(NextSupervisor.adopted());
        busy.complete(null);
        second.die();
      }
      try (SupervisorEnd third = next.accept(worker);
          SupervisorEnd.Brought brought = third.rejoin()) {
        assertEquals(List.of(anew), brought.said().fds()); // the plugin has it by now
        third.send(NextSupervisor.adopted());
        stop(worker, third);
      }
    }
  }

  /** Has tasks wait until the test runs them. */
  private static final class Held implements Worker {
    final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    @Override
    public void start(WorkerContext context) throws Exception {
      context.connections(
          "web",
          tasks::add,
          connection -> {
            Visitor.write(connection.channel(), "served");
            connection.close();
          });
      context.ready();
    }

    void runOne() throws InterruptedException {
      tasks.poll(SECONDS, TimeUnit.SECONDS).run();
    }
  }

  /** Hands over, and lets go of the supervisor's copy, as its death does. */
  private static void handOff(InProcess worker, long number, Visitor visitor) throws Exception {
    worker.supervisor.handOff(number, "web", visitor.peer(), visitor.kept());
    visitor.kept().close();
  }

  @Test
  void connectionsThatWaitAreBroughtAsClaimedAndServed() throws Exception {
    Held plugin = new Held();
    try (OwnedFd listener = Sockets.tcp();
        InProcess worker = ready(plugin, List.of(Dispatched.offer()), listener);
        Visitor one = Visitor.of(listener);
        Visitor two = Visitor.of(listener)) {
      handOff(worker, 41, one);
      handOff(worker, 42, two);
      next.listen();
      worker.supervisor.die();
      try (SupervisorEnd second = next.accept(worker)) {
        ToSupervisor.Rejoin said = second.expect(ToSupervisor.Rejoin.class);
        assertEquals(Set.of(41L, 42L), Set.copyOf(said.connections()));
        plugin.runOne(); // before the answer
        assertEquals("served", one.readAll());
        second.send(NextSupervisor.adopted());
        plugin.runOne();
        assertEquals("served", two.readAll());
        Set<Long> closed = new TreeSet<>();
        while (closed.size() < 2) {
          // Nothing else is said, a claim least of all.
          closed.addAll(second.expect(ToSupervisor.Closed.class).connections());
        }
        assertEquals(Set.of(41L, 42L), closed);
        stop(worker, second);
      }
    }
  }

  @Test
  void aConnectionThatNobodyElseHasIsClosedWhenTheExecutorRejectsIt() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> answer = new CompletableFuture<>();
    AtomicInteger rejected = new AtomicInteger();
    Worker plugin =
        context -> {
          context.connections(
              "web",
              task -> {
                asked.complete(null);
                answer.join();
                rejected.incrementAndGet();
                throw new RejectedExecutionException("full");
              },
              connection -> {});
          context.ready();
        };
    try (OwnedFd listener = Sockets.tcp();
        InProcess worker = ready(plugin, List.of(Dispatched.offer()), listener);
        Visitor visitor = Visitor.of(listener)) {
      handOff(worker, 41, visitor);
      asked.get(SECONDS, TimeUnit.SECONDS);
      next.listen();
      worker.supervisor.die();
      try (SupervisorEnd second = next.accept(worker)) {
        assertEquals(List.of(41L), second.expect(ToSupervisor.Rejoin.class).connections());
        answer.complete(null);
        assertEquals("", visitor.readAll());
        second.send(NextSupervisor.adopted());
        ToSupervisor said;
        do {
          said = second.expect(ToSupervisor.class);
        } while (said instanceof ToSupervisor.Warning);
        assertEquals(new ToSupervisor.Closed(List.of(41L)), said);
        assertEquals(1, rejected.get());
        stop(worker, second);
      }
    }
  }

  @Test
  void aHeartbeatOfTheOldSupervisorIsNotAnsweredToTheNext() throws Exception {
    SynchronousQueue<String> says = new SynchronousQueue<>();
    Worker plugin =
        context -> {
          context.health(
              () -> {
                String word = says.take();
                if (!word.isEmpty()) {
                  throw new IllegalStateException(word);
                }
              },
              Duration.ofMinutes(1));
          context.ready();
        };
    try (InProcess worker = ready(plugin, List.of())) {
      SupervisorEnd first = worker.supervisor;
      first.send(new ToWorker.Ping(41));
      assertEquals(41, first.expect(ToSupervisor.Pong.class).seq());
      assertTrue(says.offer("unwell", SECONDS, TimeUnit.SECONDS));
      first.expect(ToSupervisor.Warning.class);
      first.send(new ToWorker.Ping(42)); // is not answered, but was read before the next answer
      first.send(new ToWorker.Recall(1, List.of()));
      first.expect(ToSupervisor.Refuse.class);
      next.listen();
      first.die();
      try (SupervisorEnd second = adopt(worker)) {
        second.send(new ToWorker.Recall(1, List.of())); // answered, so it was adopted
        second.expect(ToSupervisor.Refuse.class);
        assertTrue(says.offer("", SECONDS, TimeUnit.SECONDS));
        second.expect(ToSupervisor.Warning.class); // well again
        second.send(new ToWorker.Ping(1));
        assertEquals(1, second.expect(ToSupervisor.Pong.class).seq());
        says.offer("", SECONDS, TimeUnit.SECONDS);
        stop(worker, second);
      }
    }
  }

  @Test
  void theNextSupervisorIsToldTheStatus() throws Exception {
    Worker plugin =
        context -> {
          context.ready();
          context.status("old");
          context.status("42 rooms");
        };
    try (InProcess worker = ready(plugin, List.of())) {
      assertEquals("old", worker.supervisor.expect(ToSupervisor.Status.class).text());
      assertEquals("42 rooms", worker.supervisor.expect(ToSupervisor.Status.class).text());
      next.listen();
      worker.supervisor.die();
      try (SupervisorEnd second = adopt(worker)) {
        assertEquals("42 rooms", second.expect(ToSupervisor.Status.class).text());
        stop(worker, second);
      }
    }
  }

  @Test
  void whoItIsToldToBeWhenItIsAdoptedItIsFromThenOn() throws Exception {
    try (InProcess worker = ready(WorkerContext::ready, List.of())) {
      next.listen();
      worker.supervisor.die();
      try (SupervisorEnd second = next.accept(worker)) {
        second.expect(ToSupervisor.Rejoin.class);
        second.send(new ToWorker.Adopted("web/1#7", 5));
      }
      try (SupervisorEnd third = next.accept(worker)) {
        assertEquals(5, third.expect(ToSupervisor.Rejoin.class).generation());
        third.send(new ToWorker.Adopted("no worker id", 5));
      }
      try (SupervisorEnd fourth = next.accept(worker)) {
        ToSupervisor.Rejoin said = fourth.expect(ToSupervisor.Rejoin.class);
        assertEquals("web/1#7 5", said.worker() + " " + said.generation());
        assertTrue(worker.log().contains("not adopted: "), worker::log);
        fourth.send(NextSupervisor.adopted());
        stop(worker, fourth);
      }
    }
  }

  @Test
  void whoHasNotSaidReadyEndsAndTriesNothing() throws Exception {
    CompletableFuture<Void> started = new CompletableFuture<>();
    try (InProcess worker = new InProcess(context -> started.complete(null))) {
      worker.supervisor.expect(ToSupervisor.Hello.class);
      worker.supervisor.send(next.welcome(LONG));
      worker.supervisor.start();
      started.get(SECONDS, TimeUnit.SECONDS);
      next.listen();
      worker.supervisor.die();
      // Without a drain of its own the plugin has drained at once.
      worker.assertExit(ExitCode.OK);
      assertFalse(worker.log().contains("serving on"), worker::log);
    }
  }
}
