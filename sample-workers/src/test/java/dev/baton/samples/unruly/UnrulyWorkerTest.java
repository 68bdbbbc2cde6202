package dev.baton.samples.unruly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.Frame;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.WaitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That the misdeeds happen: what a test of the supervisor relies on. */
@Timeout(60)
class UnrulyWorkerTest {
  private static final int SHORT_MILLIS = 300;

  @TempDir Path dir;

  private UnrulyProcess start(Mode mode, Object... more) throws Exception {
    Map<String, Object> config = new HashMap<>(Map.of("mode", mode.toString()));
    for (int i = 0; i < more.length; i += 2) {
      config.put((String) more[i], more[i + 1]);
    }
    return new UnrulyProcess(dir.resolve("log"), config);
  }

  private static ProtocolException refused(UnrulyProcess worker) {
    return assertThrows(ProtocolException.class, () -> worker.expect(ToSupervisor.class));
  }

  @Test
  void exitsBeforeReady() throws Exception {
    try (UnrulyProcess worker = start(Mode.EXIT_BEFORE_READY, "code", 3)) {
      assertEquals(new WaitStatus(0, 3, false), worker.reap());
      try (Frame frame = worker.frame()) {
        assertTrue(frame.end());
      }
    }
  }

  @Test
  void throwsInStart() throws Exception {
    try (UnrulyProcess worker = start(Mode.THROW_IN_START)) {
      assertTrue(worker.expect(ToSupervisor.Failed.class).text().contains("unruly"));
      assertEquals(new WaitStatus(0, 1, false), worker.reap());
    }
  }

  @Test
  void unknownModeListsThem() throws Exception {
    try (UnrulyProcess worker = new UnrulyProcess(dir.resolve("log"), Map.of("mode", "fly-away"))) {
      assertTrue(
          worker
              .expect(ToSupervisor.Failed.class)
              .text()
              .contains("config.mode: found \"fly-away\", allowed is one of none, exit-before-"));
    }
  }

  @Test
  void neverReadyButDrainsAndStops() throws Exception {
    try (UnrulyProcess worker = start(Mode.NEVER_READY)) {
      worker.expect(ToSupervisor.Status.class);
      worker.send(new ToWorker.Stop(1, 1000));
      assertEquals(new WaitStatus(0, 0, false), worker.reap());
    }
  }

  @Test
  void ignoresDrain() throws Exception {
    try (UnrulyProcess worker = start(Mode.IGNORE_DRAIN)) {
      worker.expect(ToSupervisor.Ready.class);
      worker.send(new ToWorker.Drain(1, 10));
      assertFalse(worker.comes(SHORT_MILLIS), "it answered");
    }
  }

  @Test
  void ignoresStopAndTerm() throws Exception {
    try (UnrulyProcess worker = start(Mode.IGNORE_STOP)) {
      worker.expect(ToSupervisor.Ready.class);
      worker.send(new ToWorker.Stop(1, 10));
      worker.signal(Constants.SIGTERM);
      assertFalse(worker.ends(SHORT_MILLIS), "it ended");
    }
  }

  @Test
  void floods() throws Exception {
    try (UnrulyProcess worker = start(Mode.FLOOD)) {
      worker.expect(ToSupervisor.Ready.class);
      for (int i = 0; i < 3000; i++) {
        worker.expect(ToSupervisor.Status.class);
      }
    }
  }

  @Test
  void sendsJunkAlsoBeforeReady() throws Exception {
    try (UnrulyProcess worker = start(Mode.JUNK, "beforeReady", true)) {
      assertEquals(ErrorCode.BAD_MESSAGE, refused(worker).code());
    }
  }

  @Test
  void sendsOversize() throws Exception {
    try (UnrulyProcess worker = start(Mode.OVERSIZE)) {
      worker.expect(ToSupervisor.Ready.class);
      assertEquals(ErrorCode.TOO_LARGE, refused(worker).code());
    }
  }

  @Test
  void sendsTruncated() throws Exception {
    try (UnrulyProcess worker = start(Mode.TRUNCATED)) {
      worker.expect(ToSupervisor.Ready.class);
      assertEquals(ErrorCode.BAD_MESSAGE, refused(worker).code());
    }
  }

  @Test
  void sendsUnknownMessage() throws Exception {
    try (UnrulyProcess worker = start(Mode.UNKNOWN_MESSAGE)) {
      worker.expect(ToSupervisor.Ready.class);
      assertEquals(ErrorCode.UNKNOWN_TYPE, refused(worker).code());
    }
  }

  @Test
  void sendsAGift() throws Exception {
    try (UnrulyProcess worker = start(Mode.EXTRA_DESCRIPTORS)) {
      worker.expect(ToSupervisor.Ready.class);
      try (Frame frame = worker.frame()) {
        assertEquals(1, frame.fds().size());
        assertEquals(0, UnrulyProcess.decode(frame).fds().size());
      }
    }
  }

  @Test
  void readyTwice() throws Exception {
    try (UnrulyProcess worker = start(Mode.READY_TWICE)) {
      worker.expect(ToSupervisor.Ready.class);
      worker.expect(ToSupervisor.Ready.class);
    }
  }

  @Test
  void hangsAndSo() throws Exception {
    try (UnrulyProcess worker = start(Mode.HANG, "after", "10ms")) {
      worker.expect(ToSupervisor.Ready.class);
      awaitStopped(worker);
      worker.signal(Constants.SIGTERM);
      worker.send(new ToWorker.Ping(1));
      assertFalse(worker.comes(SHORT_MILLIS), "it answered");
    }
  }

  private static void awaitStopped(UnrulyProcess worker) throws IOException {
    Path stat = Path.of("/proc", String.valueOf(worker.pid()), "stat");
    while (!Files.readString(stat).contains(") T ")) {
      Thread.onSpinWait(); // the test's own time limit ends it
    }
  }

  @Test
  void leaks() throws Exception {
    try (UnrulyProcess worker = start(Mode.LEAK, "count", 50, "beforeReady", true)) {
      worker.expect(ToSupervisor.Ready.class);
      try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(worker.pid()), "fd"))) {
        assertTrue(open.count() > 50);
      }
    }
  }

  @Test
  void crashes() throws Exception {
    try (UnrulyProcess worker = start(Mode.CRASH)) {
      assertEquals(new WaitStatus(Constants.SIGKILL, 0, false), worker.reap());
    }
  }

  @Test
  void halts() throws Exception {
    try (UnrulyProcess worker = start(Mode.HALT, "code", 9)) {
      assertEquals(new WaitStatus(0, 9, false), worker.reap());
    }
  }

  @Test
  void runsOutOfMemory() throws Exception {
    try (UnrulyProcess worker = start(Mode.OUT_OF_MEMORY)) {
      assertEquals(new WaitStatus(0, 3, false), worker.reap());
    }
  }

  @Test
  void stopsReading() throws Exception {
    try (UnrulyProcess worker = start(Mode.NO_READ, "beforeReady", false)) {
      worker.expect(ToSupervisor.Ready.class);
      long seq = 0;
      do {
        worker.send(new ToWorker.Ping(++seq));
      } while (worker.comes(SHORT_MILLIS) && worker.expect(ToSupervisor.Pong.class).seq() > 0);
      assertFalse(worker.ends(0));
    }
  }

  private UnrulyProcess startWithConnections(Mode mode) throws Exception {
    Map<String, Object> config = Map.of("mode", mode.toString());
    UnrulyProcess worker = new UnrulyProcess(dir.resolve("log"), config, true);
    worker.expect(ToSupervisor.Ready.class);
    return worker;
  }

  @Test
  void claimsWhatItWasNotSent() throws Exception {
    try (UnrulyProcess worker = startWithConnections(Mode.CLAIM_UNKNOWN)) {
      worker.connect(7);
      assertEquals(List.of(1L << 40), worker.expect(ToSupervisor.Claim.class).connections());
      worker.connect(8);
      assertFalse(worker.comes(SHORT_MILLIS), "it took the other one");
    }
  }

  @Test
  void claimsTwice() throws Exception {
    try (UnrulyProcess worker = startWithConnections(Mode.CLAIM_TWICE)) {
      worker.connect(7);
      assertEquals(List.of(7L), worker.expect(ToSupervisor.Claim.class).connections());
      assertEquals(List.of(7L), worker.expect(ToSupervisor.Claim.class).connections());
    }
  }

  @Test
  void neverClaims() throws Exception {
    try (UnrulyProcess worker = startWithConnections(Mode.NEVER_CLAIM)) {
      worker.connect(7);
      assertFalse(worker.comes(SHORT_MILLIS), "it claimed");
      worker.send(new ToWorker.Recall(1, List.of(7L)));
      assertFalse(worker.comes(SHORT_MILLIS), "it answered");
      assertFalse(worker.ends(0));
    }
  }

  @Test
  void onlyItsSlotMisbehaves() throws Exception {
    try (UnrulyProcess worker = start(Mode.CRASH, "slot", 3)) {
      worker.expect(ToSupervisor.Ready.class);
      assertFalse(worker.ends(SHORT_MILLIS), "slot 0 crashed");
    }
  }
}
