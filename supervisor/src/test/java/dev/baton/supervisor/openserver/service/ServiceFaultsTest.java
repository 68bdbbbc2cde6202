package dev.baton.supervisor.openserver.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.ClientRule;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.supervisor.openserver.AuditLog;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FaultyPosix;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A kernel that has not what is asked for. */
class ServiceFaultsTest extends ServiceKit {

  @ParameterizedTest
  @EnumSource(names = {"EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "ECONNABORTED"})
  void aFailedAcceptIsTriedAgain(Errno errno) throws Exception {
    FaultyPosix faulty = new FaultyPosix(POSIX, 1, errno).only("accept4");
    start(faulty.posix(), everybody());
    served();
    assertTrue(faulty.failed());
  }

  /** While there is none, clients wait in the queue, and nothing spins. */
  @Test
  void aLastingShortageIsLookedAtNowAndThen() throws Exception {
    int[] left = {5};
    int[] calls = {0};
    Posix scarce =
        hooked(
            "accept4",
            () -> {
              calls[0]++;
              if (left[0]-- > 0) {
                throw new dev.baton.sys.SysException("accept4", Errno.EMFILE.number());
              }
            });
    start(scarce, everybody());
    long start = System.nanoTime();
    served();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis >= 200, millis + " ms for five pauses");
    assertTrue(calls[0] <= 10, calls[0] + " calls");
  }

  @ParameterizedTest
  @EnumSource(names = {"ETOOMANYREFS", "ENOBUFS", "ENOMEM"})
  void anAnswerThatCannotBeSentForNowIsSentLater(Errno errno) throws Exception {
    FaultyPosix faulty = new FaultyPosix(POSIX, 1, errno).only("sendmsg");
    start(faulty.posix(), everybody());
    served();
    assertTrue(faulty.failed());
  }

  @Test
  void aClientWhoseSocketFailsIsClosed() throws Exception {
    FaultyPosix faulty = new FaultyPosix(POSIX, 1, Errno.EIO).only("sendmsg");
    start(faulty.posix(), everybody());
    try (RawClient client = client()) {
      client.send(RawClient.open(1, file));
      assertNull(client.line());
    }
    served();
  }

  @Test
  void theSupervisorsLastDescriptorsAreNotForClients() throws Exception {
    reserve = Reserve.above(POSIX, 3);
    start(POSIX, everybody());
    try (RawClient client = client()) {
      assertEquals(
          "{\"id\":0,\"ok\":false,\"code\":15,\"error\":\"BUSY\","
              + "\"text\":\"the supervisor has too few descriptors left\"}",
          client.line());
      assertNull(client.line());
    }
    assertEquals(1, service.figures().turnedAway());
  }

  /** Whichever call fails: nothing is left, and the service ends when it is told to. */
  @Test
  void noCallThatFailsLeavesADescriptor() {
    List<ClientRule> clients = everybody();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX,
            Errno.ENOMEM,
            List.of("openat2", "statx"),
            faulty -> {
              try (AuditLog audit = AuditLog.to(folder.resolve("audit.log"));
                  OpenServer server = OpenServer.start(POSIX, audit);
                  OpenService started =
                      OpenService.start(faulty, config(clients), server, reserve)) {
                askOnce();
                Awaitility.await().until(() -> started.figures().clients() == 0);
              } finally {
                Files.deleteIfExists(socket);
              }
            });
    assertTrue(outcome.calls() > 15, outcome.toString());
    assertTrue(outcome.noticed() > 5, outcome.toString());
  }

  private void askOnce() throws IOException {
    try (RawClient client = client()) {
      client.send(RawClient.open(1, file));
      if (client.line() == null) {
        throw new IOException("closed");
      }
    }
  }
}
