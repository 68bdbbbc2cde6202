package dev.baton.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.HandOffSocket.Result;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ConnectionFrame;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.FdPair;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.testkit.Python;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker in {@code docs/protocol.md}, run as it stands there against the real channel. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class NativeWorkerTest {
  private static final int PATIENCE = 20_000;
  private static final String OPENING = "\n```python\n";

  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private Path out;
  private int pid;
  private MessageChannel<ToSupervisor> channel;

  /** The one Python block of the page. */
  static String worker() throws Exception {
    Path page = Path.of("docs", "protocol.md");
    Path place = Path.of("").toAbsolutePath();
    while (!Files.exists(place.resolve(page))) {
      place = place.getParent();
      assertTrue(place != null, page + " is not above " + Path.of("").toAbsolutePath());
    }
    String text = Files.readString(place.resolve(page));
    int start = text.indexOf(OPENING);
    assertTrue(start > 0 && start == text.lastIndexOf(OPENING), "not one Python block");
    int from = start + OPENING.length();
    return text.substring(from, text.indexOf("\n```\n", from));
  }

  @BeforeEach
  void start() throws Exception {
    String python = Python.required();
    out = folder.resolve("out");
    FrameSocket.Ends ends = FrameSocket.pair(posix, "python");
    channel =
        new MessageChannel<>(posix, new FrameSocket(posix, ends.supervisor()), ToSupervisor.class);
    try (OwnedFd theirs = ends.worker()) {
      pid =
          Children.spawn(
              posix,
              out,
              List.of(python, "-c", worker()),
              List.of("BATON_CHANNEL_FD=3"),
              Optional.empty(),
              theirs);
    }
  }

  @AfterEach
  void end() throws Exception {
    if (pid != 0) {
      posix.kill(pid, Constants.SIGKILL);
      Children.reap(posix, pid);
    }
    if (channel != null) {
      channel.close();
    }
  }

  private ToSupervisor next() throws Exception {
    int events = channel.borrow(n -> posix.poll(n, Constants.POLLIN, PATIENCE));
    assertTrue(events != 0, "the worker says nothing: " + Files.readString(out));
    try (Received<ToSupervisor> received = channel.receive(false).orElseThrow()) {
      return received.message();
    } catch (EndOfChannel e) {
      throw new AssertionError("the worker is gone: " + Files.readString(out), e);
    }
  }

  private void welcome(int configBytes) throws Exception {
    ToSupervisor.Hello hello = (ToSupervisor.Hello) next();
    assertEquals(new ToSupervisor.Hello("1.0", pid, "python example"), hello);
    Map<String, Object> config = Map.of("text", "x".repeat(configBytes));
    channel.send(
        new ToWorker.Welcome("demo/0#1", 1, "1.0", "/nowhere", "secret", 1000, 1000, null, config));
    assertEquals(new ToSupervisor.Loaded("one line"), next());
  }

  private OwnedFd listener() throws Exception {
    int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
    OwnedFd fd = OwnedFd.of(posix, posix.socket(Constants.AF_INET, type, 0), "listener");
    fd.use(n -> posix.bind(n, SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0)));
    fd.use(n -> posix.listen(n, 16));
    return fd;
  }

  private int port(OwnedFd listener) throws SysException {
    return listener.<SockAddr, SysException>borrow(posix::getsockname).port();
  }

  private void offer(String name, Purpose purpose, OwnedFd listener) throws Exception {
    Descriptor d =
        new Descriptor(Kind.LISTENER, name, purpose, "tcp://127.0.0.1:0", "shared", null);
    channel.send(new ToWorker.Offer(1, List.of(d)), List.of(listener.duplicate("lent")));
  }

  private static String ask(int port) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(PATIENCE);
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private void reaped(int code) throws Exception {
    assertThrows(EndOfChannel.class, () -> channel.receive(true));
    assertEquals(new WaitStatus(0, code, false), Children.reap(posix, pid), Files.readString(out));
    pid = 0;
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 200_000})
  void servesFromHelloToStop(int configBytes) throws Exception {
    try (OwnedFd web = listener();
        OwnedFd late = listener();
        OwnedFd kept = listener()) {
      welcome(configBytes);
      offer("web", Purpose.USE, web);
      offer("kept", Purpose.CUSTODY, kept);
      channel.send(new ToWorker.Start(2, "demo/1#7", 1));
      assertEquals(new ToSupervisor.Claim(List.of("web"), List.of()), next());
      assertEquals(new ToSupervisor.Ready(), next());
      assertEquals("hello from demo/1#7\n", ask(port(web)));

      channel.send(new ToWorker.Ping(41));
      assertEquals(new ToSupervisor.Pong(41), next());

      offer("late", Purpose.USE, late);
      assertEquals(new ToSupervisor.Claim(List.of("late"), List.of()), next());
      assertEquals("hello from demo/1#7\n", ask(port(late)));
      channel.send(new ToWorker.Revoke(5, List.of("late", "kept", "unknown")));
      assertEquals(new ToSupervisor.Revoked(5), next());
      assertEquals("hello from demo/1#7\n", ask(port(web)));

      channel.send(new ToWorker.Resume(6, "web", List.of()));
      assertEquals(
          new Reply.Error(null, ErrorCode.NOT_SUPPORTED.number(), "resume is not supported"),
          next());

      channel.send(new ToWorker.Drain(7, 1000));
      assertEquals(new ToSupervisor.Drained(7), next());
      channel.send(new ToWorker.Stop(8, 1000));
      reaped(0);
      try (Socket waiting = new Socket("127.0.0.1", port(web))) {
        assertTrue(waiting.isConnected(), "our copy still listens");
      }
    }
  }

  /** Connections that the supervisor has accepted, handed off with the frames it really uses. */
  @Test
  void servesConnectionsOneByOne() throws Exception {
    ConnectionFrame frame = new ConnectionFrame("web");
    byte[] peer = "127.0.0.1:9".getBytes(UTF_8);
    OwnedFd copy =
        OwnedFd.of(posix, channel.<Integer, SysException>borrow(posix::duplicate), "hand-off");
    try (HandOffSocket handOff = new HandOffSocket(posix, copy)) {
      welcome(10);
      channel.send(new ToWorker.Start(2, "demo/1#7", 1));
      assertEquals(new ToSupervisor.Claim(List.of(), List.of()), next());
      assertEquals(new ToSupervisor.Ready(), next());
      Numbers one = Numbers.of(List.of(1L));
      try (Handed handed = Handed.open(posix)) {
        frame.fill(1, peer, peer.length);
        assertEquals(Result.SENT, handOff.send(frame.bytes(), frame.length(), handed.ours()));
        assertEquals("hello from demo/1#7\n", handed.read());
        assertEquals("", handed.read(), "the end, although our copy is open");
        assertEquals(new ToSupervisor.Claim(List.of(), one), next());
        assertEquals(new ToSupervisor.Closed(one), next());
      }
      channel.send(new ToWorker.Recall(6, List.of(1L)));
      assertEquals(new ToSupervisor.Refuse(Numbers.NONE), next());

      channel.send(new ToWorker.Drain(7, 1000));
      assertEquals(new ToSupervisor.Drained(7), next());
      try (Handed handed = Handed.open(posix)) {
        frame.fill(2, peer, 0);
        assertEquals(Result.SENT, handOff.send(frame.bytes(), frame.length(), handed.ours()));
        assertEquals(new ToSupervisor.Refuse(List.of(2L)), next());
        handed.ours().close();
        assertEquals("", handed.read(), "refused without a word");
      }
      channel.send(new ToWorker.Stop(8, 1000));
      reaped(0);
    }
  }

  /** A connection: our copy and the client's end. */
  private record Handed(Posix posix, OwnedFd ours, OwnedFd client) implements AutoCloseable {
    static Handed open(Posix posix) throws SysException {
      FdPair pair = posix.socketpair(Constants.SOCK_STREAM);
      return new Handed(
          posix,
          OwnedFd.of(posix, pair.first(), "connection"),
          OwnedFd.of(posix, pair.second(), "client"));
    }

    String read() throws SysException {
      byte[] bytes = new byte[100];
      int events =
          client.<Integer, SysException>borrow(n -> posix.poll(n, Constants.POLLIN, PATIENCE));
      assertTrue(events != 0, "the worker neither answers nor closes");
      int read = client.<Integer, SysException>borrow(n -> posix.read(n, bytes));
      return new String(bytes, 0, read, UTF_8);
    }

    @Override
    public void close() {
      ours.close();
      client.close();
    }
  }

  @Test
  void endsWhenTheSupervisorIsGone() throws Exception {
    welcome(10);
    channel.close();
    assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, pid), Files.readString(out));
    pid = 0;
  }

  @Test
  void refusesAnotherMajorVersion() throws Exception {
    next();
    channel.send(
        new ToWorker.Welcome("demo/0#1", 1, "2.0", "/nowhere", "secret", 1, 1, null, Map.of()));
    reaped(100);
  }
}
