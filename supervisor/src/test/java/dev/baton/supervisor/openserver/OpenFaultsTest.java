package dev.baton.supervisor.openserver;

import static dev.baton.protocol.OpenHow.Access.CREATE;
import static dev.baton.protocol.OpenHow.Access.READ;
import static dev.baton.protocol.OpenHow.Access.WRITE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.OpenHow;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.PortRange;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FaultMatrix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every system call fails once: there is an answer all the same, and nothing is left. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenFaultsTest {
  private final Posix posix = Posix.system();

  @TempDir Path temp;

  @Test
  void opening() throws Exception {
    Path root = temp.toRealPath();
    Files.writeString(root.resolve("f"), "content");
    OpenPolicyConfig policy = Policies.open(Policies.all(root));
    for (Errno errno : new Errno[] {Errno.EMFILE, Errno.EAGAIN, Errno.EEXIST, Errno.ENOENT}) {
      FaultMatrix.Outcome outcome =
          FaultMatrix.forEachCall(
              posix,
              errno,
              faulty -> {
                try (Asking ask = new Asking(faulty, policy)) {
                  end(ask.open(root + "/f", OpenHow.of(READ)));
                  end(ask.open(root + "/new", OpenHow.of(WRITE, CREATE)));
                } finally {
                  Files.deleteIfExists(root.resolve("new"));
                }
              });
      assertTrue(outcome.calls() >= 12, outcome.toString());
    }
  }

  @Test
  void connectingAndBinding() throws Exception {
    Path socket = temp.toRealPath().resolve("s");
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel tcp = ServerSocketChannel.open().bind(any);
        ServerSocketChannel unix =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))) {
      tcp.configureBlocking(false);
      unix.configureBlocking(false);
      int port = ((InetSocketAddress) tcp.getLocalAddress()).getPort();
      OpenPolicyConfig policy =
          new OpenPolicyConfig(
              List.of(),
              List.of(Policies.loopback("tcp", PortRange.ANY), Policies.unix(socket.toString())),
              List.of(Policies.everywhere("tcp", PortRange.ANY)),
              OpenLimits.DEFAULTS);
      FaultMatrix.Outcome outcome =
          FaultMatrix.forEachCall(
              posix,
              Errno.ENOMEM,
              faulty -> {
                try (Asking ask = new Asking(faulty, policy)) {
                  end(ask.connect("tcp://127.0.0.1:" + port));
                  end(ask.connect("unix:" + socket));
                  end(ask.bind("tcp://127.0.0.1:0"));
                  end(ask.bind("tcp://[::1]:0"));
                } finally {
                  empty(tcp);
                  empty(unix);
                }
              });
      assertTrue(outcome.calls() >= 25, outcome.toString());
    }
  }

  private static void empty(ServerSocketChannel listener) throws IOException {
    for (var accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
      accepted.close();
    }
  }

  private static void end(CompletableFuture<Answer> answer) throws IOException {
    Answer got = Asking.get(answer);
    if (got instanceof Answer.Given given) {
      given.fd().close();
    } else {
      throw new IOException(((Answer.Refused) got).text());
    }
  }
}
