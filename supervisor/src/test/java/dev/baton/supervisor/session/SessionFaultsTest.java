package dev.baton.supervisor.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Limits;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The k-th system call fails, for every k on the ways of offers and of what a worker sends. */
@Timeout(60)
class SessionFaultsTest {
  private static final Posix POSIX = Posix.system();
  private static final String ENVELOPE =
      "{\"type\":\"large\",\"fds\":[{\"kind\":\"payload\",\"name\":\"message\"}]}";
  private static final String TEXT = " failed: ENOBUFS \\(No buffer space available\\)";

  @Test
  void offering() {
    List<String> told = new ArrayList<>();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX,
            Errno.ENOBUFS,
            posix -> {
              try (FakeWorker worker = new FakeWorker(posix)) {
                try {
                  worker.greet(Greetings.of(posix, 5));
                } catch (SysException e) {
                  told.add(e.getMessage());
                }
                told.addAll(violations(worker));
                worker.session.ping();
                worker.greet(Greetings.of(POSIX, 1));
              }
            });
    assertTrue(outcome.calls() >= 13, () -> outcome + ": " + told);
    // The ping at the end may fail, too, and the offer after it.
    assertTrue(told.size() >= outcome.calls() - 4, () -> outcome + ": " + told);
    for (String text : told) {
      assertTrue(text.matches(".*(memfd_create|fcntl|sendmsg)" + TEXT), text);
    }
  }

  @Test
  void receiving() {
    List<String> told = new ArrayList<>();
    String large = "{\"type\":\"status\",\"text\":\"x\"" + " ".repeat(Limits.FRAME_BYTES) + "}";
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX,
            Errno.ENOBUFS,
            posix -> {
              try (FakeWorker worker = new FakeWorker(posix);
                  OwnedFd payload = Payloads.sealed(large);
                  OwnedFd gift = OwnedFd.of(POSIX, POSIX.memfdCreate("gift"), "gift")) {
                worker.say("{\"type\":\"hello\",\"protocol\":\"1.5\",\"pid\":5}");
                worker.say(ENVELOPE, payload);
                worker.say("{\"type\":\"sing\"}", gift);
                worker.say("{\"type\":\"ready\"}", gift);
                worker.read();
                List<String> violations = violations(worker);
                assertEquals(1, violations.size(), worker.happened::toString);
                told.addAll(violations);
              }
            });
    assertTrue(outcome.calls() >= 9, () -> outcome + ": " + told);
    long named =
        told.stream()
            .filter(
                t -> t.matches(".*(recvmsg|read|lseek|sendmsg)" + TEXT) || t.contains("payload"))
            .count();
    // Of the others, one is the clean run, and one could not tell the worker why it was ended.
    assertTrue(named >= outcome.calls() - 2, () -> outcome + ": " + told);
  }

  private static List<String> violations(FakeWorker worker) {
    return worker.happened.stream()
        .filter(e -> e.kind() == Kind.VIOLATION)
        .map(WorkerEvent::text)
        .toList();
  }
}
