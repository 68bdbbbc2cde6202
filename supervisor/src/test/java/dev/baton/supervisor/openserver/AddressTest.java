package dev.baton.supervisor.openserver;

import static dev.baton.protocol.ErrorCode.BAD_REQUEST;
import static dev.baton.protocol.ErrorCode.BUSY;
import static dev.baton.protocol.ErrorCode.NOT_ALLOWED;
import static dev.baton.protocol.ErrorCode.NOT_FOUND;
import static dev.baton.protocol.ErrorCode.SYSTEM;
import static dev.baton.protocol.OpenHow.Access.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdLedger;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.PortRange;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Connections and bound sockets for others. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AddressTest {
  private final Posix posix = Posix.system();
  private final InetAddress loopback = InetAddress.getLoopbackAddress();

  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void realFolder() throws Exception {
    folder = temp.toRealPath();
  }

  private static String tcp(ServerSocketChannel listener) throws Exception {
    return "tcp://127.0.0.1:" + ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  /** A socket that is bound and does not listen: nobody else can take its port meanwhile. */
  private OwnedFd boundOnly() throws SysException {
    OwnedFd fd =
        OwnedFd.of(posix, posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0), "bound");
    fd.use(n -> posix.bind(n, SockAddr.inet(loopback, 0)));
    return fd;
  }

  private int port(OwnedFd fd) throws SysException {
    return fd.borrow(posix::getsockname).port();
  }

  @Test
  void connectsByTcp() throws Exception {
    try (ServerSocketChannel listener =
            ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
        Asking ask = new Asking(posix, Policies.connect(Policies.loopback("tcp", PortRange.ANY)))) {
      Answer.Given given = (Answer.Given) Asking.get(ask.connect(tcp(listener)));
      try (OwnedFd fd = given.fd()) {
        assertEquals(Descriptor.Kind.CONNECTION, given.kind());
        assertEquals(0, fd.borrow(posix::statusFlags) & Constants.O_NONBLOCK);
        assertTrue(fd.borrow(posix::closeOnExec));
        try (var accepted = listener.accept()) {
          int port = ((InetSocketAddress) accepted.getRemoteAddress()).getPort();
          assertEquals(port, port(fd));
        }
      }
    }
  }

  @Test
  void tellsOfARefusedConnection() throws Exception {
    try (OwnedFd silent = boundOnly();
        Asking ask = new Asking(posix, Policies.connect(Policies.loopback("tcp", PortRange.ANY)))) {
      Answer.Refused refused = Asking.refused(ask.connect("tcp://127.0.0.1:" + port(silent)));
      assertEquals(SYSTEM, refused.code());
      assertEquals("ECONNREFUSED (Connection refused)", refused.text());
    }
  }

  @Test
  void addressesOfNoRuleAreNotAllowed() throws Exception {
    try (Asking ask =
        new Asking(posix, Policies.connect(Policies.loopback("tcp", new PortRange(8000, 8099))))) {
      Answer.Refused refused = Asking.refused(ask.connect("tcp://127.0.0.1:8100"));
      assertEquals(NOT_ALLOWED, refused.code());
      assertEquals("no rule allows this; allowed is tcp://127.0.0.1:8000-8099", refused.text());
      for (String other :
          List.of(
              "tcp://127.0.0.2:8000",
              "tcp://0.0.0.0:8000",
              "udp://127.0.0.1:8000",
              "tcp://[::1]:8000",
              "tcp://[::ffff:127.0.0.2]:8000",
              "unix:/x",
              "unix:@x")) {
        assertEquals(NOT_ALLOWED, Asking.refused(ask.connect(other)).code(), other);
      }
      for (String bad :
          List.of(
              "",
              "tcp://localhost:8000",
              "127.0.0.1:8000",
              "tcp://127.0.0.1:99999",
              "tcp://127.0.0.1",
              "unix:x",
              "unix:/a/../b",
              "unix:",
              "unix:@",
              "tcp://127.1:8000",
              "unix:/\0")) {
        assertEquals(BAD_REQUEST, Asking.refused(ask.connect(bad)).code(), bad);
      }
      assertEquals(NOT_ALLOWED, Asking.refused(ask.bind("tcp://127.0.0.1:8000")).code());
    }
  }

  /** A listener whose queue is full does not answer; others do meanwhile. */
  @Test
  void connectionsThatTakeTheirTimeHoldNobodyUpAndEnd() throws Exception {
    List<OwnedFd> filled = new ArrayList<>();
    try (OwnedFd full = boundOnly();
        ServerSocketChannel listener =
            ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
        Asking ask =
            new Asking(
                posix,
                Policies.connect(Policies.loopback("tcp", PortRange.ANY)),
                Duration.ofSeconds(1))) {
      full.use(n -> posix.listen(n, 0));
      String address = "tcp://127.0.0.1:" + port(full);
      List<CompletableFuture<Answer>> slow = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        slow.add(ask.connect(address));
      }
      Asking.given(ask.connect(tcp(listener))).close();
      int late = 0;
      for (CompletableFuture<Answer> each : slow) {
        if (Asking.get(each) instanceof Answer.Given given) {
          filled.add(given.fd());
        } else {
          late++;
          Answer.Refused refused = (Answer.Refused) Asking.get(each);
          assertEquals(
              "ETIMEDOUT (Connection timed out): no answer within 1000 ms", refused.text());
        }
      }
      assertTrue(late > 0, "all were accepted");
    } finally {
      filled.forEach(OwnedFd::close);
    }
  }

  @Test
  void connectionsOfAClosedDeskEndAtOnce() throws Exception {
    try (OwnedFd full = boundOnly();
        Asking ask = new Asking(posix, Policies.connect(Policies.loopback("tcp", PortRange.ANY)))) {
      full.use(n -> posix.listen(n, 0));
      for (int i = 0; i < 64; i++) {
        ask.desk.connect(
            "tcp://127.0.0.1:" + port(full),
            answer -> {
              if (answer instanceof Answer.Given given) {
                given.fd().close(); // the queue has room for one
              }
            });
      }
      Awaitility.await().until(() -> ofOurs().size() > 50);
      ask.desk.close(); // the leak check sees the rest, long before 10 seconds are over
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(() -> assertEquals(List.of(), ofOurs()));
      String givenUp = ".* ECONNABORTED \\(Software caused connection abort\\): who asked has gone";
      long told = ask.audited.stream().filter(line -> line.matches(givenUp)).count();
      assertTrue(told > 40, "what was begun is written down: " + ask.audited);
    }
  }

  /** Connections that hang hold descriptors, too. */
  @Test
  void theSupervisorsLastDescriptorsAreKept() throws Exception {
    try (ServerSocketChannel listener =
            ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
        Asking ask =
            new Asking(
                posix,
                new OpenPolicyConfig(
                    List.of(Policies.all(folder)),
                    List.of(Policies.loopback("tcp", PortRange.ANY)),
                    List.of(Policies.loopback("tcp", PortRange.ANY)),
                    OpenLimits.DEFAULTS),
                Duration.ofSeconds(10),
                Reserve.above(posix, 3))) {
      Files.writeString(folder.resolve("f"), "content");
      Answer.Refused scarce =
          new Answer.Refused(BUSY, "the supervisor has too few descriptors left");
      assertEquals(scarce, Asking.refused(ask.connect(tcp(listener))));
      listener.configureBlocking(false);
      assertNull(listener.accept(), "it was connected first");
      assertEquals(scarce, Asking.refused(ask.bind("tcp://127.0.0.1:0")));
      assertEquals(scarce, ask.refused(folder + "/f", READ));
      assertTrue(ask.audited.stream().allMatch(line -> line.startsWith("refused ")));
    }
  }

  private static List<String> ofOurs() {
    return FdLedger.report().stream()
        .filter(line -> line.startsWith("open: connecting socket"))
        .toList();
  }

  @Test
  void connectsToASocketFileAndToAnAbstractName() throws Exception {
    Path file = folder.resolve("s");
    String name = "open-" + System.nanoTime();
    try (ServerSocketChannel listener =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(file));
        OwnedFd abstractly =
            OwnedFd.of(posix, posix.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0), "a");
        Asking ask =
            new Asking(
                posix,
                Policies.connect(Policies.unix(file.toString()), Policies.unix("@" + name)))) {
      Asking.given(ask.connect("unix:" + file)).close();
      listener.accept().close();
      abstractly.use(n -> posix.bind(n, SockAddr.abstractName(name)));
      assertTrue(Asking.refused(ask.connect("unix:@" + name)).text().startsWith("ECONNREFUSED"));
      abstractly.use(n -> posix.listen(n, 0));
      Asking.given(ask.connect("unix:@" + name)).close();
      assertEquals(BUSY, Asking.refused(ask.connect("unix:@" + name)).code());
    }
  }

  @Test
  void aSocketFileThatWasReplacedIsNotConnectedTo() throws Exception {
    Path file = folder.resolve("s");
    Path other = folder.resolve("other");
    Files.createDirectories(folder.resolve("real"));
    Files.createSymbolicLink(folder.resolve("via"), Path.of("real"));
    try (ServerSocketChannel listener =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(other));
        Asking ask =
            new Asking(
                posix,
                Policies.connect(
                    Policies.unix(file.toString()), Policies.unix(folder + "/via/s")))) {
      assertTrue(listener.isOpen());
      assertEquals(NOT_FOUND, Asking.refused(ask.connect("unix:" + file)).code());
      Files.createSymbolicLink(file, other);
      assertEquals(NOT_ALLOWED, Asking.refused(ask.connect("unix:" + file)).code());
      assertEquals(NOT_ALLOWED, Asking.refused(ask.connect("unix:" + folder + "/via/s")).code());
      Files.delete(file);
      Files.writeString(file, "no socket");
      assertEquals(NOT_ALLOWED, Asking.refused(ask.connect("unix:" + file)).code());
      Files.delete(file);
      Files.move(other, file); // the same socket under another name is what it is
      Asking.given(ask.connect("unix:" + file)).close();
      Files.delete(file);
    }
  }

  @Test
  void bindsWhatThePolicyHas() throws Exception {
    try (Asking ask =
        new Asking(
            posix,
            Policies.bind(
                Policies.loopback("tcp", PortRange.ANY),
                Policies.loopback("udp", PortRange.ANY)))) {
      Answer.Given given = (Answer.Given) Asking.get(ask.bind("tcp://127.0.0.1:0"));
      try (OwnedFd fd = given.fd()) {
        assertEquals(Descriptor.Kind.LISTENER, given.kind());
        int listening =
            fd.borrow(n -> posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_ACCEPTCONN));
        assertEquals(1, listening);
        assertEquals(0, fd.borrow(posix::statusFlags) & Constants.O_NONBLOCK);
        String taken = Asking.refused(ask.bind("tcp://127.0.0.1:" + port(fd))).text();
        assertEquals("EADDRINUSE (Address already in use)", taken);
      }
      try (OwnedFd udp = Asking.given(ask.bind("udp://127.0.0.1:0"))) {
        String address = "udp://127.0.0.1:" + port(udp);
        assertTrue(Asking.refused(ask.bind(address)).text().startsWith("EADDRINUSE"));
      }
      assertEquals(NOT_ALLOWED, Asking.refused(ask.bind("tcp://0.0.0.0:0")).code());
      assertEquals(NOT_ALLOWED, Asking.refused(ask.bind("tcp://[::]:0")).code());
      assertEquals(NOT_ALLOWED, Asking.refused(ask.bind("unix:/x")).code());
    }
  }

  @Test
  void bindsOnlyPortsOfTheRange() throws Exception {
    try (OwnedFd bound = boundOnly()) {
      int port = port(bound);
      try (Asking ask =
          new Asking(posix, Policies.bind(Policies.loopback("tcp", new PortRange(port, port))))) {
        assertTrue(
            Asking.refused(ask.bind("tcp://127.0.0.1:" + port)).text().startsWith("EADDRINUSE"));
        for (int other : new int[] {0, port - 1, port + 1}) {
          assertEquals(NOT_ALLOWED, Asking.refused(ask.bind("tcp://127.0.0.1:" + other)).code());
        }
      }
    }
  }
}
