package dev.baton.supervisor.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.Frame;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Message;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests for descriptors, as far as the session is concerned. */
@ExtendWith(FdLeakCheck.class)
class RequestsTest {
  private static final Posix POSIX = Posix.system();
  private static final String HELLO = "{\"type\":\"hello\",\"protocol\":\"1.0\",\"pid\":5}";
  private static final String OPEN =
      "{\"type\":\"open\",\"id\":7,\"path\":\"/x\",\"how\":{\"access\":[\"read\"]}}";

  private static FakeWorker welcomed() throws Exception {
    FakeWorker worker = new FakeWorker(POSIX);
    worker.say(HELLO).read();
    worker.greet(Greetings.of(POSIX, 0));
    worker.heard();
    return worker;
  }

  @Test
  void allThreeAreHeard() throws Exception {
    try (FakeWorker worker = welcomed()) {
      worker.say(OPEN);
      worker.say("{\"type\":\"connect\",\"id\":8,\"address\":\"tcp://127.0.0.1:1\"}");
      worker.say("{\"type\":\"bind\",\"id\":9,\"address\":\"tcp://127.0.0.1:1\"}").read();
      assertEquals(List.of(7L, 8L, 9L), worker.asked.stream().map(a -> a.id()).toList());
      assertInstanceOf(ToSupervisor.Open.class, worker.asked.get(0));
    }
  }

  @Test
  void nobodyAsksBeforeWelcome() throws Exception {
    try (FakeWorker worker = new FakeWorker(POSIX)) {
      worker.say(HELLO).say(OPEN).read();
      WorkerEvent last = worker.happened.get(worker.happened.size() - 1);
      assertEquals(Kind.VIOLATION, last.kind());
      assertEquals("asks for descriptors before welcome", last.text());
      assertTrue(worker.asked.isEmpty());
    }
  }

  @Test
  void descriptorsBesideARequestEndTheSession() throws Exception {
    try (FakeWorker worker = welcomed();
        OwnedFd null0 = OwnedFd.of(POSIX, POSIX.open("/dev/null", 0, 0), "null")) {
      worker.say(OPEN, null0).read();
      assertTrue(worker.kinds().contains(Kind.VIOLATION), () -> worker.happened.toString());
      assertTrue(worker.asked.isEmpty());
    }
  }

  @Test
  void anAnswerBringsItsDescriptorAndARefusalItsReason() throws Exception {
    try (FakeWorker worker = welcomed()) {
      worker.session.opened(
          7,
          Descriptor.file("/x", "read"),
          OwnedFd.of(POSIX, POSIX.open("/dev/null", 0, 0), "answer"));
      worker.session.refuse(8, ErrorCode.NOT_ALLOWED, "no");
      try (Frame frame = worker.frame()) {
        assertEquals(1, frame.fds().size());
      }
      List<Message> heard = worker.heard();
      assertEquals(List.of(new Reply.Error(8L, 14, "no")), heard);
      assertTrue(worker.session.listening());
    }
  }

  @Test
  void oneWhoAsksWithoutEndIsEnded() throws Exception {
    try (FakeWorker worker = welcomed()) {
      for (int i = 0; i < 2000 && worker.session.listening(); i++) {
        for (int k = 0; k < 64; k++) {
          worker.say(OPEN);
        }
        worker.read();
      }
      assertEquals(100_000, worker.asked.size());
      assertEquals(
          "sends more than 100000 requests a second",
          worker.happened.get(worker.happened.size() - 1).text());
    }
  }

  @Test
  void whoAsksLessGoesOnForEver() throws Exception {
    try (FakeWorker worker = welcomed()) {
      for (int i = 0; i < 300; i++) {
        for (int k = 0; k < 60; k++) {
          worker.say(OPEN);
        }
        worker.read();
        worker.now += 1_000_000;
      }
      assertEquals(18_000, worker.asked.size());
      assertTrue(worker.session.listening());
    }
  }
}
