package dev.baton.worker;

import static dev.baton.worker.Asking.SOME;
import static dev.baton.worker.Asking.failure;
import static dev.baton.worker.Asking.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor.Bind;
import dev.baton.protocol.ToSupervisor.Connect;
import dev.baton.protocol.ToSupervisor.Open;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.worker.Asking.Pair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin asks its supervisor for, and each answer that there can be. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class RequestsTest {
  private static final Posix POSIX = Posix.system();
  private static final OpenRequest READ = OpenRequest.read();

  @TempDir Path folder;
  private Asking asking;
  private SupervisorEnd supervisor;
  private WorkerContext context;

  @BeforeEach
  void start() throws Exception {
    asking = new Asking();
    supervisor = asking.supervisor;
    context = asking.context;
  }

  @AfterEach
  void end() {
    asking.close();
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    channel.read(bytes);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }

  private OwnedFd file(String text, int flags) throws Exception {
    return Sockets.file(Files.writeString(folder.resolve("file"), text), flags);
  }

  @Test
  void openedFileIsRead() throws Exception {
    CompletableFuture<FileChannel> future = context.open(SOME, READ);
    Open open = supervisor.expect(Open.class);
    assertEquals(new Open(open.id(), "/some/file", OpenHow.of(Access.READ)), open);
    assertFalse(future.isDone());
    supervisor.opened(open.id(), Kind.FILE, file("content", Constants.O_RDONLY));
    try (FileChannel channel = get(future)) {
      assertEquals("content", read(channel));
      assertThrows(NonWritableChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void openedFileIsWritten() throws Exception {
    CompletableFuture<FileChannel> future =
        context.open(SOME, OpenRequest.append().create().mode(0600));
    Open open = supervisor.expect(Open.class);
    assertEquals(new OpenHow(java.util.Set.of(Access.APPEND, Access.CREATE), 0600), open.how());
    supervisor.opened(open.id(), Kind.FILE, file("one", Constants.O_WRONLY | Constants.O_APPEND));
    try (FileChannel channel = get(future)) {
      channel.write(ByteBuffer.wrap(new byte[] {'2'}));
      assertThrows(NonReadableChannelException.class, () -> read(channel));
    }
    assertEquals("one2", Files.readString(folder.resolve("file")));
  }

  @Test
  void bareDescriptor() throws Exception {
    CompletableFuture<OwnedFd> future = context.openDescriptor(folder, READ.directory());
    Open open = supervisor.expect(Open.class);
    assertEquals(OpenHow.of(Access.READ, Access.DIRECTORY), open.how());
    supervisor.opened(open.id(), Kind.FILE, Sockets.file(folder, Constants.O_RDONLY));
    try (OwnedFd directory = get(future)) {
      assertTrue(directory.isOpen());
      assertEquals("file:asked-for", directory.label());
    }
  }

  @Test
  void answersComeInAnyOrder() throws Exception {
    CompletableFuture<FileChannel> first = context.open(SOME, READ);
    CompletableFuture<FileChannel> second = context.open(Path.of("/other"), READ);
    long firstId = supervisor.expect(Open.class).id();
    Open other = supervisor.expect(Open.class);
    assertEquals("/other", other.path());
    supervisor.opened(other.id(), Kind.FILE, file("second", Constants.O_RDONLY));
    try (FileChannel channel = get(second)) {
      assertEquals("second", read(channel));
      assertFalse(first.isDone());
    }
    supervisor.send(new Reply.Error(firstId, ErrorCode.NOT_FOUND.number(), "no such file"));
    OpenRefusedException refusal = failure(OpenRefusedException.class, first);
    assertEquals(ErrorCode.NOT_FOUND, refusal.code());
    assertEquals("open /some/file is refused, NOT_FOUND: no such file", refusal.getMessage());
  }

  @Test
  void connection() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress("127.0.0.1", 0));
      InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
      CompletableFuture<SocketChannel> future = context.connect(address);
      Connect connect = supervisor.expect(Connect.class);
      assertEquals("tcp://127.0.0.1:" + address.getPort(), connect.address());
      OwnedFd connected =
          OwnedFd.of(POSIX, POSIX.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0), "client");
      connected.use(n -> POSIX.connect(n, SockAddr.inet(address.getAddress(), address.getPort())));
      supervisor.opened(connect.id(), Kind.CONNECTION, connected);
      try (SocketChannel channel = get(future);
          SocketChannel accepted = server.accept()) {
        assertEquals(address, channel.getRemoteAddress());
        assertEquals(accepted.getRemoteAddress(), channel.getLocalAddress());
        assertTrue(channel.isConnected() && channel.isBlocking());
        Visitor.write(channel, "hello");
        channel.shutdownOutput();
        assertEquals("hello", Visitor.readAll(accepted));
      }
    }
  }

  @Test
  void unixConnection() throws Exception {
    CompletableFuture<SocketChannel> future =
        context.connect(UnixDomainSocketAddress.of("@data-base"));
    Connect connect = supervisor.expect(Connect.class);
    assertEquals("unix:@data-base", connect.address());
    try (Pair pair = Pair.open()) {
      supervisor.opened(connect.id(), Kind.CONNECTION, pair.given());
      get(future).close();
      pair.awaitClosed();
    }
  }

  @Test
  void listenerOfItsOwn() throws Exception {
    CompletableFuture<ServerSocketChannel> future =
        context.bind(new InetSocketAddress(InetAddress.getByName("::1"), 80));
    Bind bind = supervisor.expect(Bind.class);
    assertEquals("tcp://[0:0:0:0:0:0:0:1]:80", bind.address());
    supervisor.opened(bind.id(), Kind.LISTENER, Sockets.tcp());
    try (ServerSocketChannel server = get(future);
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
    }
  }

  @Test
  void datagramsOfItsOwn() throws Exception {
    CompletableFuture<DatagramChannel> future =
        context.bindDatagrams(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 53));
    Bind bind = supervisor.expect(Bind.class);
    assertEquals("udp://127.0.0.1:53", bind.address());
    OwnedFd udp =
        OwnedFd.of(POSIX, POSIX.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0), "udp");
    udp.use(n -> POSIX.bind(n, SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0)));
    supervisor.opened(bind.id(), Kind.LISTENER, udp);
    try (DatagramChannel channel = get(future);
        DatagramChannel client = DatagramChannel.open()) {
      client.send(ByteBuffer.wrap(new byte[] {7}), channel.getLocalAddress());
      ByteBuffer got = ByteBuffer.allocate(10);
      channel.receive(got);
      assertEquals(1, got.position());
    }
  }

  @Test
  void codeOfALaterVersion() throws Exception {
    CompletableFuture<FileChannel> future = context.open(SOME, READ);
    supervisor.send(new Reply.Error(supervisor.expect(Open.class).id(), 12_345, null));
    OpenRefusedException refusal = failure(OpenRefusedException.class, future);
    assertEquals(ErrorCode.UNKNOWN, refusal.code());
    assertEquals("open /some/file is refused, UNKNOWN", refusal.getMessage());
    assertEquals(0, refusal.getStackTrace().length, "of a thread that nobody knows");
  }

  @Test
  void olderSupervisor() throws Exception {
    CompletableFuture<FileChannel> future = context.open(SOME, READ);
    supervisor.send(new Reply.Unrecognized(supervisor.expect(Open.class).id(), "open"));
    assertEquals(
        "open /some/file: the supervisor is older and does not know this request",
        failure(IOException.class, future).getMessage());
  }

  @Test
  void answerWithoutDescriptor() throws Exception {
    CompletableFuture<FileChannel> future = context.open(SOME, READ);
    supervisor.send(new Reply.Ok(supervisor.expect(Open.class).id()));
    assertEquals(
        "open /some/file: the supervisor answers without a descriptor",
        failure(IOException.class, future).getMessage());
  }

  @Test
  void answerOfAnotherKindIsClosed() throws Exception {
    CompletableFuture<FileChannel> future = context.open(SOME, READ);
    long id = supervisor.expect(Open.class).id();
    try (Pair pair = Pair.open()) {
      supervisor.opened(id, Kind.CONNECTION, pair.given());
      pair.awaitClosed();
    }
    assertEquals(
        "open /some/file: the supervisor answers with a descriptor of another kind",
        failure(IOException.class, future).getMessage());
  }

  @Test
  void whatCannotBeMadeAChannelIsClosed() throws Exception {
    CompletableFuture<SocketChannel> future = context.connect(UnixDomainSocketAddress.of("/run/x"));
    Connect connect = supervisor.expect(Connect.class);
    assertEquals("unix:/run/x", connect.address());
    OwnedFd memory = OwnedFd.of(POSIX, POSIX.memfdCreate("no socket"), "memory");
    supervisor.opened(connect.id(), Kind.CONNECTION, memory);
    String message = failure(IOException.class, future).getMessage();
    assertTrue(message.startsWith("connect unix:/run/x: "), message);
  }

  @Test
  void answerToACancelledRequestIsClosed() throws Exception {
    CompletableFuture<OwnedFd> cancelled = context.openDescriptor(SOME, READ);
    CompletableFuture<FileChannel> late = context.open(SOME, READ);
    CompletableFuture<FileChannel> answered = context.open(SOME, READ);
    assertTrue(cancelled.cancel(false));
    late.orTimeout(1, TimeUnit.MILLISECONDS);
    failure(TimeoutException.class, late);
    answered.complete(null);
    for (int i = 0; i < 3; i++) {
      try (Pair pair = Pair.open()) {
        supervisor.opened(supervisor.expect(Open.class).id(), Kind.FILE, pair.given());
        pair.awaitClosed();
      }
    }
  }

  @Test
  void answerThatNobodyAskedForIsClosed() throws Exception {
    CompletableFuture<FileChannel> future = context.open(SOME, READ);
    long id = supervisor.expect(Open.class).id();
    supervisor.opened(id, Kind.FILE, file("once", Constants.O_RDONLY));
    try (FileChannel channel = get(future)) {
      for (long other : new long[] {id, id + Requests.MOST_SENT, id + 1, 0, -1, Long.MIN_VALUE}) {
        try (Pair pair = Pair.open()) {
          supervisor.opened(other, Kind.FILE, pair.given());
          pair.awaitClosed();
        }
      }
      assertEquals("once", read(channel));
    }
    supervisor.send(new Reply.Error(id, 1, "of nothing"));
    asking.settle();
    assertTrue(asking.worker.log().contains("a request that is not open: " + id));
  }

  @Test
  void placeThatIsUsedAgainHasAnotherId() throws Exception {
    CompletableFuture<FileChannel> first = context.open(SOME, READ);
    long id = supervisor.expect(Open.class).id();
    supervisor.send(new Reply.Error(id, ErrorCode.BUSY.number(), ""));
    failure(OpenRefusedException.class, first);
    CompletableFuture<FileChannel> second = context.open(SOME, READ);
    long next = supervisor.expect(Open.class).id();
    assertEquals(id % Requests.MOST_SENT, next % Requests.MOST_SENT, "the same place");
    try (Pair pair = Pair.open()) {
      supervisor.opened(id, Kind.FILE, pair.given());
      pair.awaitClosed();
    }
    assertFalse(second.isDone());
    supervisor.send(new Reply.Error(next, ErrorCode.EXISTS.number(), ""));
    assertEquals(ErrorCode.EXISTS, failure(OpenRefusedException.class, second).code());
  }

  @Test
  void whatNoMessageHasRoomForIsNotSent() throws Exception {
    Path longest = Path.of("/" + "x".repeat(4094));
    context.open(longest, READ);
    assertEquals(longest.toString(), supervisor.expect(Open.class).path());
    Path longer = Path.of(longest + "x");
    OpenRefusedException refusal = failure(OpenRefusedException.class, context.open(longer, READ));
    assertEquals(ErrorCode.BAD_REQUEST, refusal.code());
    assertTrue(refusal.getMessage().endsWith("the path has 4096 bytes; at most 4095"));
    failure(OpenRefusedException.class, context.connect(UnixDomainSocketAddress.of(longer)));
    assertFalse(supervisor.hasMessage());
  }
}
