package dev.baton.supervisor.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.Frame;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.Message;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToWorker;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a worker says in order, and what the supervisor says to it. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class WorkerSessionTest {
  private static final String HELLO = "{\"type\":\"hello\",\"protocol\":\"1.0\",\"pid\":5}";
  private FakeWorker worker;

  @BeforeEach
  void open() throws Exception {
    worker = new FakeWorker(Posix.system());
  }

  @AfterEach
  void close() {
    worker.close();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'type':'hello','protocol':'1.0','pid':5}             | HELLO   |",
        "{'type':'hello','protocol':'1.9','pid':5,'new':[1]}   | HELLO   |",
        "{'type':'loaded','plugin':'x.Plugin'}                 | LOADED  |",
        "{'type':'ready'}                                      | READY   |",
        "{'type':'failed','stage':'start','code':10,'text':'x'}| FAILED  | start: x",
        "{'type':'drained','id':4}                             | DRAINED |",
      })
  void whatTheCoreDecidesOn(String json, Kind kind, String text) throws Exception {
    worker.say(json.replace('\'', '"')).read();
    assertEquals(List.of(WorkerEvent.of(kind, text == null ? "" : text)), worker.happened);
    assertTrue(worker.session.listening());
    assertEquals(List.of(), worker.heard());
  }

  @Test
  void whatOperatorsSee() throws Exception {
    worker
        .say("{\"type\":\"status\",\"text\":\"12 rooms\"}")
        .say("{\"type\":\"warning\",\"text\":\"no claim\"}")
        .say("{\"type\":\"error\",\"id\":3,\"code\":13,\"text\":\"cannot\"}")
        .say("{\"type\":\"unrecognized\",\"name\":\"offer\"}")
        .say("{\"type\":\"revoked\",\"id\":3}")
        .say("{\"type\":\"ok\",\"id\":3}")
        .read();
    assertEquals(List.of("12 rooms"), worker.statuses);
    assertEquals(
        List.of("no claim", "refused a request: cannot", "does not know the message offer"),
        worker.warnings);
    assertEquals(List.of(), worker.happened);
  }

  @Test
  void theGreetingIsWelcomeOffersStart() throws Exception {
    worker.say(HELLO).read();
    worker.greet(Greetings.of(Posix.system(), 2));
    try (Frame welcome = worker.frame();
        Frame offer = worker.frame();
        Frame start = worker.frame()) {
      assertEquals(0, welcome.fds().size());
      assertTrue(text(welcome).contains("\"worker\":\"test/0#1\""), text(welcome));
      assertEquals(2, offer.fds().size());
      assertTrue(text(offer).contains("\"name\":\"f1\""), text(offer));
      assertTrue(text(start).contains("\"type\":\"start\""), text(start));
    }
    worker.say("{\"type\":\"claim\",\"names\":[\"f1\"]}").read();
    assertEquals(Set.of("f1"), worker.session.claimed());
    assertEquals(List.of(Kind.HELLO), worker.kinds());
  }

  /** Kept until it was welcomed; every answer is told to whoever asked, and so is its end. */
  @Test
  void anotherLogFile() throws Exception {
    List<String> told = new java.util.ArrayList<>();
    try (OwnedFd file = OwnedFd.of(Posix.system(), Posix.system().memfdCreate("log"), "log")) {
      worker.session.log(file.duplicate("log"), problem -> told.add("1 " + problem.orElse("done")));
      assertEquals(List.of(), worker.heard(), "not before welcome");
      worker.say(HELLO).read();
      worker.greet(Greetings.of(Posix.system(), 0));
      worker.heard();
      for (int i = 2; i <= 4; i++) {
        String number = i + " ";
        worker.session.log(
            file.duplicate("log"), problem -> told.add(number + problem.orElse("done")));
      }
    }
    List<Long> ids =
        worker.heard().stream()
            .filter(m -> m instanceof ToWorker.Log)
            .map(m -> ((ToWorker.Log) m).id())
            .toList();
    assertEquals(3, ids.size());
    worker
        .say("{\"type\":\"ok\",\"id\":" + ids.get(0) + "}")
        .say("{\"type\":\"unrecognized\",\"id\":" + ids.get(1) + ",\"name\":\"log\"}")
        .read();
    assertEquals(List.of("2 done", "3 it does not know the message log"), told);
    assertEquals(List.of(), worker.warnings);
    worker.session.close();
    assertTrue(told.containsAll(List.of("1 done", "4 done")), told::toString);
  }

  private static String text(Frame frame) {
    return new String(frame.payload(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** The kernel takes 253 descriptors with one message. */
  @Test
  void manyDescriptorsTravelInSeveralOffers() throws Exception {
    worker.greet(Greetings.of(Posix.system(), 300));
    List<Message> heard = worker.heard();
    assertEquals(4, heard.size(), heard::toString);
    int first = assertInstanceOf(ToWorker.Offer.class, heard.get(1)).fds().size();
    int second = assertInstanceOf(ToWorker.Offer.class, heard.get(2)).fds().size();
    assertEquals(300, first + second);
    assertInstanceOf(ToWorker.Start.class, heard.get(3));
    assertEquals(List.of(), worker.happened);
  }

  @Test
  void ordersCarryTheirDeadlines() throws Exception {
    worker.session.drain(TimeUnit.MILLISECONDS.toNanos(1500));
    worker.session.stop(TimeUnit.SECONDS.toNanos(2));
    List<Message> heard = worker.heard();
    assertEquals(new ToWorker.Drain(1, 1500), heard.get(0));
    assertEquals(new ToWorker.Stop(2, 2000), heard.get(1));
  }

  @Test
  void pingsCoalesceAndBeginAfterWelcome() throws Exception {
    worker.session.ping();
    assertEquals(List.of(), worker.heard());

    worker.greet(Greetings.of(Posix.system(), 0));
    worker.heard();
    worker.session.ping();
    worker.session.ping();
    worker.session.ping();
    assertEquals(List.of(new ToWorker.Ping(1)), worker.heard());

    worker.say("{\"type\":\"pong\",\"seq\":1}").read();
    worker.session.ping();
    worker.session.ping();
    assertEquals(List.of(new ToWorker.Ping(2)), worker.heard());
    assertEquals(List.of(), worker.happened);
  }

  @Test
  void endOfChannelComesAfterAllThatWasSaid() throws Exception {
    worker.session.ping(); // unread data makes the kernel say ECONNRESET first
    worker.session.drain(1);
    worker.say(HELLO).say("{\"type\":\"ready\"}").die();
    worker.read();
    assertEquals(List.of(Kind.HELLO, Kind.READY, Kind.CHANNEL_ENDED), worker.kinds());
    assertFalse(worker.session.listening());
    worker.read();
    worker.session.readAll();
    assertEquals(3, worker.happened.size(), "the end was told twice");
  }

  @Test
  void aDeadWorkersLastWordsAreReadThoughSomebodyHoldsItsChannel() throws Exception {
    for (int i = 0; i < 100; i++) {
      worker.say("{\"type\":\"status\",\"text\":\"" + i + "\"}");
    }
    worker.session.readAll();
    assertEquals(100, worker.statuses.size());
    assertTrue(worker.session.listening());
    assertEquals(List.of(), worker.happened);
  }

  @Test
  void sendingToADeadWorkerIsNoNewsOfItsOwn() throws Exception {
    worker.die();
    worker.session.ping();
    worker.greet(Greetings.of(Posix.system(), 2));
    worker.session.drain(1);
    worker.session.writable();
    assertEquals(List.of(), worker.happened);
    worker.read();
    assertEquals(List.of(Kind.CHANNEL_ENDED), worker.kinds());
    worker.greet(Greetings.of(Posix.system(), 2));
    assertEquals(1, worker.happened.size());
  }

  @Test
  void aBatchIsBoundedSoThatOthersGetTheirTurn() throws Exception {
    for (int i = 0; i < 100; i++) {
      worker.say("{\"type\":\"status\",\"text\":\"x\"}");
    }
    worker.read();
    assertTrue(worker.statuses.size() < 100, () -> worker.statuses.size() + " at one go");
    worker.read();
    assertEquals(100, worker.statuses.size());
  }

  @Test
  void aWorkerThatDoesNotReadIsGivenUpInTheEnd() throws Exception {
    int sent = 0;
    while (worker.session.listening() && sent < 10 * Limits.QUEUED_FRAMES) {
      worker.session.drain(1);
      sent++;
    }
    assertFalse(worker.session.wantsWrite(), "still waits to write");
    assertEquals(List.of(Kind.VIOLATION), worker.kinds());
    String reason = worker.happened.get(0).text();
    assertTrue(reason.startsWith("does not read its channel"), reason);
    assertTrue(sent > Limits.QUEUED_FRAMES, "after " + sent + " messages");
  }

  @Test
  void whatWaitsIsSentWhenTheWorkerReadsAgain() throws Exception {
    int sent = 0;
    while (!worker.session.wantsWrite()) {
      worker.session.drain(1);
      sent++;
    }
    worker.session.stop(1);
    int heard = worker.heard().size();
    worker.session.writable();
    assertFalse(worker.session.wantsWrite());
    assertEquals(sent + 1, heard + worker.heard().size());
    assertEquals(List.of(), worker.happened);
  }

  @Test
  void aSystemCallThatFailsEndsTheSessionAndIsNamed() throws Exception {
    FaultyPosix faulty = new FaultyPosix(Posix.system(), 1, Errno.ENOBUFS);
    try (FakeWorker other = new FakeWorker(faulty.posix())) {
      other.session.drain(1);
      assertEquals(List.of(Kind.VIOLATION), other.kinds());
      assertEquals(
          "Drain could not be sent to it: sendmsg failed: ENOBUFS (No buffer space available)",
          other.happened.get(0).text());
    }
    FaultyPosix deaf = new FaultyPosix(Posix.system(), 1, Errno.ENOMEM);
    try (FakeWorker other = new FakeWorker(deaf.posix())) {
      other.say(HELLO).read();
      assertEquals(List.of(Kind.VIOLATION), other.kinds());
      assertEquals(
          "channel: recvmsg failed: ENOMEM (Cannot allocate memory)", other.happened.get(0).text());
    }
  }

  @Test
  void anUnknownMessageOfALaterMinorIsAnsweredAndChangesNothing() throws Exception {
    worker.say("{\"type\":\"hello\",\"protocol\":\"1.7\",\"pid\":5}");
    try (OwnedFd gift = OwnedFd.of(Posix.system(), Posix.system().memfdCreate("gift"), "gift")) {
      worker.say("{\"type\":\"sing\",\"id\":7}", gift).read();
    }
    assertEquals(List.of(Kind.HELLO), worker.kinds());
    assertEquals(List.of(new Reply.Unrecognized(7L, "sing")), worker.heard());
    assertTrue(worker.session.listening());
  }

  @Test
  void anotherMajorIsRefusedWithTheCodeForIt() throws Exception {
    worker.say("{\"type\":\"hello\",\"protocol\":\"2.0\",\"pid\":5}").read();
    assertEquals(
        List.of(WorkerEvent.of(Kind.VIOLATION, "speaks protocol 2.0, this supervisor 1.0")),
        worker.happened);
    Reply.Error error = assertInstanceOf(Reply.Error.class, worker.heard().get(0));
    assertEquals(ErrorCode.VERSION.number(), error.code());
  }

  @Test
  void whoIsHandedConnectionsMaySpeakOfThem() throws Exception {
    try (FakeWorker handed = new FakeWorker(Posix.system(), true)) {
      handed.say("{\"type\":\"claim\",\"connections\":[1,2]}");
      handed.say("{\"type\":\"refuse\",\"connections\":[]}");
      handed.say("{\"type\":\"closed\",\"connections\":[1]}");
      assertEquals(List.of(), handed.read());
      assertEquals(List.of("claimed [1, 2]", "refused []", "closed [1]"), handed.connectionsTold);
      handed.session.recall(Numbers.of(List.of(2L)));
      assertEquals(List.of(new ToWorker.Recall(1, Numbers.of(List.of(2L)))), handed.heard());
    }
  }
}
