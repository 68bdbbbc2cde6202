package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A worker between two supervisors. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class OrphanTest {
  private static final Posix POSIX = Posix.system();
  private static final long LONG = 60_000;

  @TempDir Path folder;
  private OwnedFd adoption;

  /** Serves one dispatched listener: each connection stays open until the test lets it go. */
  private static final class Serving implements Worker {
    final CompletableFuture<WorkerContext> context = new CompletableFuture<>();
    final CompletableFuture<Drain> drain = new CompletableFuture<>();
    final CountDownLatch release = new CountDownLatch(1);

    @Override
    public void start(WorkerContext given) throws Exception {
      if (given.listeners().contains("web")) {
        given.connections(
            "web",
            connection -> {
              connection.channel().write(java.nio.ByteBuffer.wrap(new byte[] {'!'}));
              release.await();
              connection.close();
            });
      }
      given.ready();
      context.complete(given);
    }

    @Override
    public void drain(Drain asked) {
      drain.complete(asked);
    }
  }

  @BeforeEach
  void listen() throws Exception {
    adoption =
        OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0), "adoption");
    adoption.use(n -> POSIX.bind(n, SockAddr.unix(path())));
  }

  private String path() {
    return folder.resolve("a.sock").toString();
  }

  @AfterEach
  void close() {
    adoption.close();
  }

  /** The next supervisor is there from now on. */
  private void open() throws SysException {
    adoption.use(n -> POSIX.listen(n, 8));
  }

  private SupervisorEnd next(InProcess worker) throws Exception {
    adoption.<Integer, IOException>borrow(
        n -> POSIX.poll(n, Constants.POLLIN, (int) SupervisorEnd.MILLIS));
    int number = adoption.<Integer, SysException>borrow(POSIX::accept4);
    return new SupervisorEnd(OwnedFd.of(POSIX, number, "rejoined"), worker::log);
  }

  private InProcess ready(Worker plugin, long orphanMillis, OwnedFd listener) throws Exception {
    InProcess worker = new InProcess(plugin);
    worker.supervisor.expect(ToSupervisor.Hello.class);
    worker.supervisor.send(
        new ToWorker.Welcome(
            "web/1#7",
            3,
            Version.CURRENT.toString(),
            path(),
            "secret",
            1000,
            LONG,
            Scripted.class.getName(),
            Map.of(),
            orphanMillis));
    if (listener != null) {
      worker.supervisor.offer(1, List.of(Dispatched.offer()), listener);
    }
    worker.supervisor.start();
    worker.supervisor.expect(ToSupervisor.Ready.class);
    return worker;
  }

  private static ToWorker.Adopted adopted() {
    return new ToWorker.Adopted("web/1#7", 3);
  }

  /** The old one was told already. */
  private static void assertServes(SupervisorEnd supervisor) throws Exception {
    supervisor.send(new ToWorker.Ping(9));
    assertEquals(9, supervisor.expect(ToSupervisor.Pong.class).seq());
  }

  @Test
  void rejoinsAndObeysTheNextSupervisorAndTheOneAfterThat() throws Exception {
    Serving plugin = new Serving();
    try (InProcess worker = ready(plugin, LONG, null)) {
      open();
      worker.supervisor.die();
      try (SupervisorEnd second = next(worker)) {
        ToSupervisor.Rejoin said = second.expect(ToSupervisor.Rejoin.class);
        assertEquals(
            "web/1#7 3 secret", said.worker() + " " + said.generation() + " " + said.secret());
        assertFalse(said.draining());
        second.send(adopted());
        assertServes(second);
        second.die();
      }
      try (SupervisorEnd third = next(worker)) {
        third.expect(ToSupervisor.Rejoin.class);
        third.send(adopted());
        third.send(new ToWorker.Drain(5, LONG));
        plugin.drain.get(10, TimeUnit.SECONDS).done();
        assertEquals(5, third.expect(ToSupervisor.Drained.class).id());
        third.send(new ToWorker.Stop(6, LONG));
        worker.assertExit(ExitCode.OK);
      }
    }
  }

  @Test
  void whoIsRefusedTriesAgain() throws Exception {
    try (InProcess worker = ready(new Serving(), LONG, null)) {
      open();
      worker.supervisor.die();
      try (SupervisorEnd second = next(worker)) {
        second.expect(ToSupervisor.Rejoin.class);
        second.send(new Reply.Error(null, ErrorCode.NOT_AUTHENTIC.number(), "who are you"));
      }
      try (SupervisorEnd second = next(worker)) {
        second.expect(ToSupervisor.Rejoin.class);
        second.send(adopted());
        assertServes(second);
        assertTrue(worker.log().contains("not adopted: who are you"), worker::log);
        second.send(new ToWorker.Stop(6, LONG));
        worker.assertExit(ExitCode.OK);
      }
    }
  }

  @Test
  void whenNobodyComesItDrainsAndEnds() throws Exception {
    Serving plugin = new Serving();
    try (InProcess worker = ready(plugin, 300, null)) {
      worker.supervisor.die();
      plugin.drain.get(20, TimeUnit.SECONDS).done();
      worker.assertExit(ExitCode.OK);
      assertTrue(worker.log().contains("no other supervisor came"), worker::log);
    }
  }

  @Test
  void aDrainThatHadBegunGoesOnAndIsToldToTheNextOne() throws Exception {
    Serving plugin = new Serving();
    try (InProcess worker = ready(plugin, LONG, null)) {
      worker.supervisor.send(new ToWorker.Drain(5, LONG));
      Drain drain = plugin.drain.get(10, TimeUnit.SECONDS);
      open();
      worker.supervisor.die();
      try (SupervisorEnd second = next(worker)) {
        assertTrue(second.expect(ToSupervisor.Rejoin.class).draining());
        second.send(adopted());
        assertServes(second);
        drain.done();
        assertEquals(5, second.expect(ToSupervisor.Drained.class).id());
        second.send(new ToWorker.Stop(6, LONG));
        worker.assertExit(ExitCode.OK);
      }
    }
  }

  @Test
  void aDrainThatIsOverEndsTheOrphan() throws Exception {
    Serving plugin = new Serving();
    try (InProcess worker = ready(plugin, LONG, null)) {
      worker.supervisor.send(new ToWorker.Drain(5, LONG));
      Drain drain = plugin.drain.get(10, TimeUnit.SECONDS);
      worker.supervisor.die();
      drain.done();
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void requestsFailMeanwhileAndAreAskedAgainAfterwards() throws Exception {
    Serving plugin = new Serving();
    try (InProcess worker = ready(plugin, LONG, null)) {
      WorkerContext context = plugin.context.get(10, TimeUnit.SECONDS);
      var before = context.open(Path.of("/etc/hostname"), OpenRequest.read());
      worker.supervisor.expect(ToSupervisor.Open.class);
      worker.supervisor.die();
      assertTrue(
          before.handle((file, e) -> "" + e).get(10, TimeUnit.SECONDS).contains("supervisor"));
      open();
      try (SupervisorEnd second = next(worker)) {
        second.expect(ToSupervisor.Rejoin.class);
        second.send(adopted());
        assertServes(second);
        var after = context.open(Path.of("/etc/hostname"), OpenRequest.read());
        var asked = second.expect(ToSupervisor.Open.class);
        second.send(new Reply.Error(asked.id(), ErrorCode.NOT_ALLOWED.number(), "no"));
        assertTrue(after.handle((file, e) -> "" + e).get(10, TimeUnit.SECONDS).contains("no"));
        second.send(new ToWorker.Stop(6, LONG));
        worker.assertExit(ExitCode.OK);
      }
    }
  }

  /** One is claimed, the others wait: nobody but this worker has them any more. */
  @Test
  void connectionsAreBroughtAlongAndTheirEndsAreTold() throws Exception {
    Serving plugin = new Serving();
    try (OwnedFd listener = Sockets.tcp();
        InProcess worker = ready(plugin, LONG, listener);
        Visitor visitor = Visitor.of(listener)) {
      worker.supervisor.handOff(41, "web", visitor.peer(), visitor.kept());
      assertEquals(List.of(41L), worker.supervisor.expect(ToSupervisor.Claim.class).connections());
      open();
      worker.supervisor.die();
      try (SupervisorEnd second = next(worker)) {
        ToSupervisor.Rejoin said = second.expect(ToSupervisor.Rejoin.class);
        assertEquals(List.of(41L), said.connections());
        assertEquals("web", said.fds().get(0).name());
        plugin.release.countDown(); // before the answer
        second.send(adopted());
        assertEquals(List.of(41L), second.expect(ToSupervisor.Closed.class).connections());
        second.send(new ToWorker.Stop(6, LONG));
        worker.assertExit(ExitCode.OK);
      }
    }
  }
}
