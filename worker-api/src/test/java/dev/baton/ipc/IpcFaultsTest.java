package dev.baton.ipc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FaultMatrix;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every system call fails once. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IpcFaultsTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;

  @Test
  void noCallThatFailsLeavesADescriptor() {
    UnixAddress name = Peers.abstractName();
    for (Errno errno : new Errno[] {Errno.EMFILE, Errno.ENOMEM}) {
      FaultMatrix.Outcome outcome =
          FaultMatrix.forEachCall(posix, errno, faulty -> exchange(faulty, name));
      assertTrue(outcome.calls() > 10, outcome.toString());
      assertTrue(outcome.noticed() > outcome.calls() / 2, outcome.toString());
    }
  }

  private static void exchange(Posix posix, UnixAddress name) throws IOException {
    UnixServer.Options options = UnixServer.Options.DEFAULT;
    try (UnixServer server = UnixServer.listen(posix, name, options);
        DescriptorSocket client =
            UnixClient.connect(posix, name, SocketType.STREAM, Duration.ofSeconds(5))
                .toDescriptors();
        DescriptorSocket accepted =
            server.accept(Duration.ofSeconds(5)).orElseThrow(EOFException::new).toDescriptors();
        OwnedFd event = OwnedFd.of(posix, posix.eventfd(), "event")) {
      accepted.receive(Duration.ofMillis(1)).ifPresent(Passed::close);
      client.send(event, "event");
      accepted.receive(Duration.ofSeconds(5)).orElseThrow(EOFException::new).take().close();
    }
  }

  @Test
  void noBindThatFailsLeavesADescriptor() {
    UnixAddress name = UnixAddress.of(folder.resolve("name"));
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            posix,
            Errno.ENOMEM,
            faulty -> {
              try (UnixDatagram first = UnixDatagram.bind(faulty, name, 0600, true)) {
                first.toChannel().close(); // leaves the file
                UnixDatagram.bind(faulty, name, 0600, true).close();
              } finally {
                Files.deleteIfExists(folder.resolve("name"));
              }
            });
    assertTrue(outcome.noticed() > 5, outcome.toString());
  }
}
