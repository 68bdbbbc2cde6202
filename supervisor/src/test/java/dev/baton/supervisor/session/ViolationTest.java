package dev.baton.supervisor.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.Message;
import dev.baton.protocol.Reply;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no worker may say: it is told why, its session is over, and all that came is closed. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class ViolationTest {
  private static final Posix POSIX = Posix.system();

  /** Columns: what is said, how many descriptors come with it, the code, a part of the reason. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "junk                                     | 0 | BAD_MESSAGE  | JSON",
        "junk                                     | 3 | BAD_MESSAGE  | JSON",
        "[1]                                      | 0 | BAD_MESSAGE  | object",
        "{}                                       | 0 | BAD_MESSAGE  | type",
        "{'type':5}                               | 0 | BAD_MESSAGE  | type",
        "{'type':'status','te                     | 0 | BAD_MESSAGE  | JSON",
        "{'type':'status'}                        | 0 | BAD_MESSAGE  | text",
        "{'type':'hello','protocol':'1.0'}        | 0 | BAD_MESSAGE  | pid",
        "{'type':'hello','protocol':'x','pid':1}  | 0 | BAD_MESSAGE  | MAJOR.MINOR",
        "{'type':'hello','protocol':'2.0','pid':1}| 0 | VERSION      | 2.0",
        "{'type':'hello','protocol':'0.9','pid':1}| 0 | VERSION      | 0.9",
        "{'type':'ready'}                         | 1 | DESCRIPTORS  | 0 descriptors and brought 1",
        "{'type':'status','text':'x'}             | 8 | DESCRIPTORS  | 0 descriptors and brought 8",
        "{'type':'hand-back','connection':1,'listener':'x','fds':[{'kind':'connection','name':'x'}]}|"
            + " 0 | DESCRIPTORS  | 1 descriptors and brought 0",
        "{'type':'hand-back','connection':1,'listener':'x','fds':[{'kind':'connection','name':'x'}]}|"
            + " 1 | OUT_OF_ORDER | given none",
        "{'type':'rejoin','protocol':'1.0','worker':'a/0#1','generation':1,'secret':'s','draining':false}|"
            + " 0 | OUT_OF_ORDER | never lost",
        "{'type':'refuse','connections':[1]}      | 0 | OUT_OF_ORDER | given none",
        "{'type':'closed','connections':[1]}      | 0 | OUT_OF_ORDER | given none",
        "{'type':'claim','connections':[1]}       | 0 | OUT_OF_ORDER | given none",
        "{'type':'claim','names':['nobody']}      | 0 | UNKNOWN_NAME | \"nobody\"",
        "{'type':'claim','names':['f0','f9']}     | 0 | UNKNOWN_NAME | \"f9\"",
        "{'type':'pong','seq':1}                  | 0 | OUT_OF_ORDER | ping 1",
        "{'type':'pong','seq':0}                  | 0 | OUT_OF_ORDER | ping 0",
        "{'type':'pong','seq':-1}                 | 0 | OUT_OF_ORDER | ping -1",
        "{'type':'sing','id':7}                   | 0 | UNKNOWN_TYPE | \"sing\"",
        "{'type':'sing','id':7}                   | 2 | UNKNOWN_TYPE | \"sing\"",
        "{'type':'welcome','worker':'a/0#1'}      | 0 | UNKNOWN_TYPE | \"welcome\"",
      })
  void endsTheSession(String said, int descriptors, ErrorCode code, String reason)
      throws Exception {
    try (FakeWorker worker = new FakeWorker(POSIX)) {
      worker.greet(Greetings.of(POSIX, 1));
      worker.heard();
      try (OwnedFd gift = OwnedFd.of(POSIX, POSIX.memfdCreate("gift"), "gift")) {
        OwnedFd[] gifts = new OwnedFd[descriptors];
        Arrays.fill(gifts, gift);
        worker.say(said.replace('\'', '"'), gifts).say("{\"type\":\"ready\"}").read();
      }
      assertEnded(worker, code, reason);
    }
  }

  @Test
  void aFrameThatIsTooLarge() throws Exception {
    byte[] frame = new byte[2 * Limits.FRAME_BYTES];
    Arrays.fill(frame, (byte) ' ');
    try (FakeWorker worker = new FakeWorker(POSIX);
        OwnedFd gift = OwnedFd.of(POSIX, POSIX.memfdCreate("gift"), "gift")) {
      worker.say(frame, gift).read();
      assertEnded(worker, ErrorCode.TOO_LARGE, "65536 bytes");
    }
  }

  @Test
  void whatItHadClaimedIsStillHeardAndNothingElse() throws Exception {
    String claim = "{\"type\":\"claim\",\"connections\":[7,8]}";
    String refuse = "{\"type\":\"refuse\",\"connections\":[9]}";
    try (FakeWorker worker = new FakeWorker(POSIX, true)) {
      worker.say("no message").say(refuse).say("neither").say(claim).read();
      assertEquals(List.of(), worker.connectionsTold);
      worker.die();
      worker.session.readAll();
      assertEquals(List.of("claimed [7, 8]"), worker.connectionsTold);
      assertEquals(List.of(Kind.VIOLATION), worker.kinds(), worker.happened::toString);
    }
  }

  @Test
  void anAnswerToAPingTwice() throws Exception {
    try (FakeWorker worker = new FakeWorker(POSIX)) {
      worker.greet(Greetings.of(POSIX, 0));
      worker.session.ping();
      worker.heard();
      String pong = "{\"type\":\"pong\",\"seq\":1}";
      worker.say(pong).say(pong).read();
      assertEnded(worker, ErrorCode.OUT_OF_ORDER, "ping 1");
    }
  }

  @Test
  void tooManyMessagesInASecond() throws Exception {
    try (FakeWorker worker = new FakeWorker(POSIX)) {
      String status = "{\"type\":\"status\",\"text\":\"x\"}";
      flood(worker, status, 9_900);
      worker.now = TimeUnit.SECONDS.toNanos(1);
      flood(worker, status, 9_900);
      assertTrue(worker.session.listening(), worker.happened::toString);
      flood(worker, status, 200);
      assertEnded(worker, ErrorCode.OVERFLOW, "10000 messages a second");
    }
  }

  private static void flood(FakeWorker worker, String message, int count) throws Exception {
    for (int i = 0; i < count && worker.session.listening(); i++) {
      worker.say(message);
      if (i % 50 == 49) {
        worker.read();
      }
    }
  }

  /** Told once, though it goes on; nothing that came later counts. */
  private static void assertEnded(FakeWorker worker, ErrorCode code, String reason)
      throws Exception {
    assertEquals(List.of(Kind.VIOLATION), worker.kinds(), worker.happened::toString);
    String text = worker.happened.get(0).text();
    assertTrue(text.contains(reason), text);
    assertFalse(worker.session.listening());
    assertFalse(worker.session.wantsWrite());
    List<Message> heard = worker.heard();
    assertEquals(1, heard.size(), heard::toString);
    Reply.Error error = assertInstanceOf(Reply.Error.class, heard.get(0));
    assertEquals(code.number(), error.code(), text);
    assertEquals(text, error.text());
    worker.session.drain(1);
    assertEquals(List.of(), worker.heard());
  }
}
