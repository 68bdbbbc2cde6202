package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.FrameSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.WaitStatus;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, in processes of its own, with the channel as number 3. */
@ExtendWith(FdLeakCheck.class)
class WorkerMainTest {
  private static final Posix POSIX = Posix.system();
  private static final String PLUGIN = TestPlugin.class.getName();

  @TempDir Path dir;
  private int pid;

  @AfterEach
  void reap() throws Exception {
    if (pid != 0) {
      POSIX.kill(pid, Constants.SIGKILL);
      Children.reap(POSIX, pid);
    }
  }

  private String log() {
    try {
      return "worker's log:\n" + Files.readString(dir.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void spawn(List<String> environment, OwnedFd... further) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            WorkerMain.class.getName()));
    pid =
        Children.spawn(POSIX, dir.resolve("log"), command, environment, Optional.empty(), further);
  }

  private SupervisorEnd worker() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
    try (OwnedFd end = ends.worker()) {
      spawn(List.of("BATON_CHANNEL_FD=3", "LANG=C.UTF-8"), end);
    }
    return new SupervisorEnd(ends.supervisor(), this::log);
  }

  private void assertExit(int code) throws Exception {
    WaitStatus status = Children.reap(POSIX, pid);
    pid = 0;
    assertEquals(new WaitStatus(0, code, false), status, log());
  }

  private static String greeting(SocketAddress address) throws IOException {
    try (SocketChannel client = SocketChannel.open(address)) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      while (client.read(buffer) >= 0) {
        continue;
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void servesTcpUnixAndFileUntilStopped() throws Exception {
    Path socket = dir.resolve("s");
    Path lines = dir.resolve("lines");
    try (OwnedFd tcp = Sockets.tcp();
        OwnedFd unix = Sockets.unix(socket);
        OwnedFd file = Sockets.file(lines, Constants.O_CREAT | Constants.O_RDWR);
        SupervisorEnd supervisor = worker()) {
      ToSupervisor.Hello hello = supervisor.expect(ToSupervisor.Hello.class);
      assertEquals(pid, hello.pid());
      assertEquals(Sdk.name(), hello.sdk());
      supervisor.send(SupervisorEnd.welcomeMessage(PLUGIN, Map.of(), 1000));
      supervisor.offer(
          1,
          List.of(
              Descriptor.listener("tcp", null, "shared"),
              Descriptor.listener("unix", null, "shared"),
              Descriptor.file("lines", "read-write")),
          tcp,
          unix,
          file);
      supervisor.start();
      assertEquals(
          List.of("tcp", "unix", "lines"), supervisor.expect(ToSupervisor.Claim.class).names());
      supervisor.expect(ToSupervisor.Ready.class);
      assertEquals(
          "hello from tcp",
          greeting(new InetSocketAddress(InetAddress.getLoopbackAddress(), Sockets.port(tcp))));
      assertEquals("hello from unix", greeting(UnixDomainSocketAddress.of(socket)));
      long offset = file.borrow(n -> POSIX.lseek(n, 0, Constants.SEEK_CUR));
      assertEquals("from the worker\n".length(), offset, "the offset is shared");
      assertTrue(log().contains("plugin of web/1#7 on thread main"), log());
      supervisor.send(new ToWorker.Drain(2, 1000));
      supervisor.expect(ToSupervisor.Drained.class);
      supervisor.send(new ToWorker.Stop(3, 1000));
      assertExit(ExitCode.OK);
      assertTrue(log().contains("stopped"), log());
      tcp.use(
          n -> assertEquals(1, POSIX.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_ACCEPTCONN)));
    }
  }

  @Test
  void endsByItselfWhenTheSupervisorDies() throws Exception {
    try (SupervisorEnd supervisor = worker()) {
      supervisor.welcome(PLUGIN, Map.of(), 1000);
      supervisor.start();
      supervisor.expect(ToSupervisor.Ready.class);
      supervisor.die();
      assertExit(ExitCode.OK);
      assertTrue(log().contains("stopped"), log());
    }
  }

  @Test
  void unusablePlugin() throws Exception {
    try (SupervisorEnd supervisor = worker()) {
      supervisor.welcome("com.example.Gone", Map.of());
      ToSupervisor.Failed failed = supervisor.expect(ToSupervisor.Failed.class);
      assertEquals("load", failed.stage());
      assertEquals(ErrorCode.PLUGIN_NOT_FOUND.number(), failed.code());
      assertExit(ExitCode.UNUSABLE);
      assertTrue(log().contains("plugin class com.example.Gone was not found"), log());
    }
  }

  @Test
  void startedByHand() throws Exception {
    spawn(List.of("LANG=C.UTF-8"));
    assertExit(ExitCode.UNUSABLE);
    assertEquals(
        "worker's log:\nthis program is started by the Baton supervisor (BATON_CHANNEL_FD is not"
            + " set)\n",
        log());
  }

  @Test
  void numberThatIsNoChannel() throws Exception {
    spawn(List.of("LANG=C.UTF-8", "BATON_CHANNEL_FD=0"));
    assertExit(ExitCode.UNUSABLE);
    assertEquals(
        "worker's log:\nthis program is started by the Baton supervisor (BATON_CHANNEL_FD is"
            + " \"0\", which is no control channel)\n",
        log());
  }
}
