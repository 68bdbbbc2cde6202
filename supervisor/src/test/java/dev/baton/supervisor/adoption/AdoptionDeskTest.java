package dev.baton.supervisor.adoption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Message;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor.Rejoin;
import dev.baton.protocol.ToWorker;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.ProcStat;
import dev.baton.supervisor.state.WorkerRecord;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who is let through to be adopted; this process plays the worker. */
@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class AdoptionDeskTest {
  private static final Posix POSIX = Posix.system();
  private static final String SECRET = "4711";
  private static final int PID = (int) ProcessHandle.current().pid();

  private final List<Orphan> through = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private WorkerRecord record;
  private Loop loop;
  private AdoptionSocket socket;
  private AdoptionDesk desk;
  @TempDir Path folder;

  @BeforeEach
  void open() throws Exception {
    ProcStat self = ProcStat.of(Path.of("/proc/self"));
    record =
        new WorkerRecord("web/0#3", 2, PID, self.startTime(), self.uid(), Identity.hash(SECRET));
    loop = new Loop(POSIX);
    socket = AdoptionSocket.open(POSIX, path());
    desk =
        new AdoptionDesk(
            POSIX,
            loop,
            socket,
            id -> Optional.of(record).filter(r -> r.worker().equals(id)),
            orphan -> {
              through.add(orphan);
              loop.stop();
            },
            text -> {
              warnings.add(text);
              loop.stop();
            });
  }

  private Path path() {
    return folder.resolve("adoption.sock");
  }

  @AfterEach
  void close() throws Exception {
    desk.close();
    socket.close();
    loop.close();
    through.forEach(Orphan::close);
  }

  private static Rejoin rejoin(String worker, String secret, String protocol) {
    return new Rejoin(protocol, worker, 2, secret, false, List.of(5L), null, List.of());
  }

  private static Rejoin rejoin(String worker, String secret) {
    return rejoin(worker, secret, "1.0");
  }

  /** Says it and returns the answer. */
  private Message say(Message message) throws Exception {
    OwnedFd fd =
        OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0), "");
    fd.<Integer, SysException>borrow(n -> POSIX.connect(n, SockAddr.unix(path().toString())));
    try (MessageChannel<ToWorker> channel =
        new MessageChannel<>(POSIX, new FrameSocket(POSIX, fd), ToWorker.class)) {
      channel.send(message);
      loop.run();
      return channel.receive(true).orElseThrow().message();
    } catch (EndOfChannel e) {
      return null;
    }
  }

  private void assertRefused(Message message, int code, String why) throws Exception {
    Message answer = say(message);
    assertTrue(answer instanceof Reply.Error, () -> "" + answer);
    assertEquals(code, ((Reply.Error) answer).code());
    assertTrue(((Reply.Error) answer).text().contains(why), answer::toString);
    assertEquals(List.of(), through);
    assertTrue(warnings.get(0).contains("pid " + PID) && warnings.get(0).contains(why));
  }

  @Test
  void theWorkerThatWasWrittenDownIsAdopted() throws Exception {
    Message answer = say(rejoin("web/0#3", SECRET));
    assertEquals(new ToWorker.Adopted("web/0#3", 2), answer);
    assertEquals("web/0#3", through.get(0).id().toString());
    assertEquals(List.of(5L), through.get(0).said().connections());
    assertEquals(List.of(), warnings);
  }

  @Test
  void nobodyElseIs() throws Exception {
    assertRefused(rejoin("web/1#3", SECRET), 12, "no worker of this name");
  }

  @Test
  void norWhoDoesNotKnowTheSecret() throws Exception {
    assertRefused(rejoin("web/0#3", "4712"), 12, "secret");
  }

  @Test
  void norAnotherProcess() throws Exception {
    record =
        new WorkerRecord("web/0#3", 2, 1, record.startTime(), record.uid(), record.secretHash());
    assertRefused(rejoin("web/0#3", SECRET), 12, "the worker is 1");
  }

  @Test
  void norAnotherUser() throws Exception {
    record = new WorkerRecord("web/0#3", 2, PID, record.startTime(), 4242, record.secretHash());
    assertRefused(rejoin("web/0#3", SECRET), 12, "4242");
  }

  @Test
  void norAProcessThatHasTheNumberOfOneThatEnded() throws Exception {
    record = new WorkerRecord("web/0#3", 2, PID, "1", record.uid(), record.secretHash());
    assertRefused(rejoin("web/0#3", SECRET), 12, "another process by now");
  }

  @Test
  void norOneThatSpeaksAnotherProtocol() throws Exception {
    assertRefused(rejoin("web/0#3", SECRET, "2.0"), 5, "2.0");
  }

  @Test
  void norWhoSaysSomethingElse() throws Exception {
    assertRefused(new dev.baton.protocol.ToSupervisor.Ready(), 4, "rejoin");
  }
}
