package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.Numbers;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.core.Exit;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.journal.Entry;
import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.SmallChild;
import dev.baton.supervisor.process.Spawned;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.Children;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.testkit.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process, its channel and the loop together. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class LiveWorkerTest {
  private static final Posix POSIX = Posix.system();
  private static final WorkerId ID = new WorkerId("test", 0, 1);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  @TempDir Path folder;
  private final Journal journal = new Journal(100);

  /** Follows one worker to its end, as a pool does. */
  private final class Follower implements LiveWorker.PoolEvents {
    private final Loop loop;
    private final List<WorkerEvent> happened = new ArrayList<>();
    private LiveWorker worker;

    private Follower(Loop loop) {
      this.loop = loop;
    }

    @Override
    public void happened(WorkerId id, WorkerEvent event) {
      happened.add(event);
      switch (event.kind()) {
        case VIOLATION, FAILED -> worker.kill();
        case REAPED -> loop.stop();
        default -> {}
      }
    }

    @Override
    public void claimed(WorkerId id, Numbers connections) {}

    @Override
    public void refused(WorkerId id, Numbers connections) {}

    @Override
    public void closed(WorkerId id, Numbers connections) {}

    @Override
    public void changed() {}

    private List<Kind> kinds() {
      return happened.stream().map(WorkerEvent::kind).toList();
    }
  }

  private Follower follow(Posix posix, String script) throws SysException {
    try (Loop loop = new Loop(posix)) {
      Surroundings around =
          new Surroundings(posix, loop, null, null, null, journal, null, null, Path.of("/none"));
      Follower follower = new Follower(loop);
      Spawned spawned = SmallChild.shell(posix, folder.resolve("log"), script);
      follower.worker = new LiveWorker(around, ID, spawned, follower, false, OpenPolicyConfig.NONE);
      loop.timers()
          .at(
              loop.now() + PATIENCE,
              () -> {
                throw new AssertionError("never reaped: " + follower.happened);
              });
      try {
        follower.worker.watch();
      } catch (SysException e) {
        follower.happened(ID, WorkerEvent.of(Kind.VIOLATION, e.getMessage()));
      }
      follower.worker.session().drain(TimeUnit.SECONDS.toNanos(1));
      follower.worker.afterSending();
      loop.run();
      return follower;
    }
  }

  @Test
  void itsLastWordsComeBeforeItsEnd() throws Exception {
    Path log = folder.resolve("log");
    String python = Python.required();
    String script =
        "import socket; s = socket.socket(fileno=3);"
            + "s.send(b'{\"type\":\"hello\",\"protocol\":\"1.0\",\"pid\":5}');"
            + "s.send(b'{\"type\":\"failed\",\"stage\":\"load\",\"code\":8,\"text\":\"no\"}');"
            + "raise SystemExit(6)";
    try (Loop loop = new Loop(POSIX)) {
      Surroundings around =
          new Surroundings(POSIX, loop, null, null, null, journal, null, null, Path.of("/none"));
      Follower follower = new Follower(loop);
      Spawned spawned = SmallChild.start(POSIX, log, List.of(python, "-c", script));
      follower.worker = new LiveWorker(around, ID, spawned, follower, false, OpenPolicyConfig.NONE);
      SmallChild.awaitEnd(spawned.child()); // so that all of it waits
      follower.worker.watch();
      loop.run();
      assertEquals(
          List.of(Kind.HELLO, Kind.FAILED, Kind.CHANNEL_ENDED, Kind.REAPED),
          follower.kinds(),
          () -> follower.happened + read(log));
      assertEquals(Exit.code(6), follower.happened.get(3).exit());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aGrandchildThatHoldsTheChannelDoesNotKeepItsWorker() throws Exception {
    Follower follower = follow(POSIX, "sleep 1000 & exit 0");
    assertEquals(List.of(Kind.REAPED), follower.kinds(), follower.happened::toString);
    assertEquals(Exit.code(0), follower.happened.get(0).exit());
  }

  /** Of all calls from the loop's making to the worker's end, each fails once. */
  @Test
  void whateverFailsNoChildAndNoDescriptorIsLeft() throws Exception {
    List<String> before = Children.ofThisProcess();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX,
            Errno.ENOMEM,
            // Without these the kernel itself would be out of order.
            List.of("epollWait", "awaitExit"),
            posix -> {
              try {
                Follower follower = follow(posix, "exit 0");
                assertEquals(Kind.REAPED, follower.kinds().get(follower.kinds().size() - 1));
              } finally {
                assertEquals(before, Children.ofThisProcess(), "a child was left");
              }
            });
    assertTrue(outcome.calls() >= 14, outcome::toString);
  }

  /** Whatever else goes on, an end is reported although it could not be seen. */
  @Test
  void whoCannotBeReapedIsToldOfAndReapedLater() throws Exception {
    FaultyPosix faulty = new FaultyPosix(POSIX, 1, Errno.ENOMEM).only("waitpid");
    Follower follower = follow(faulty.posix(), "exit 0");
    assertTrue(faulty.failed(), () -> faulty.calls().toString());
    assertEquals(Exit.code(0), follower.happened.get(follower.happened.size() - 1).exit());
    List<String> warnings = journal.newest(100).stream().map(Entry::text).toList();
    assertTrue(
        warnings.contains("could not be reaped: waitpid failed: ENOMEM (Cannot allocate memory)"),
        warnings::toString);
  }
}
