package dev.baton.channel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.HandOffSocket.Result;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ConnectionFrame;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.FdPair;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.Allocations;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(FdLeakCheck.class)
class HandOffSocketTest {
  private static final byte[] PEER = "127.0.0.1:9".getBytes(US_ASCII);

  private final Posix posix = Posix.system();
  private final ConnectionFrame frame = new ConnectionFrame("web");
  private Channels.Pair pair;
  private OwnedFd connection;
  private OwnedFd client;

  @BeforeEach
  void open() throws Exception {
    pair = Channels.Pair.open(posix);
    FdPair stream = posix.socketpair(Constants.SOCK_STREAM);
    connection = OwnedFd.of(posix, stream.first(), "connection");
    client = OwnedFd.of(posix, stream.second(), "client");
  }

  @AfterEach
  void close() {
    pair.close();
    connection.close();
    client.close();
  }

  private HandOffSocket handOff(Posix by) throws SysException {
    int copy = pair.supervisor().borrow(posix::duplicate);
    return new HandOffSocket(by, OwnedFd.of(posix, copy, "hand-off"));
  }

  private Result send(HandOffSocket socket, long number) throws SysException {
    return socket.send(frame.bytes(), frame.fill(number, PEER, PEER.length), connection);
  }

  private Received<ToWorker> receive() throws Exception {
    return pair.worker().receive(false).orElseThrow();
  }

  @Test
  void theWorkerGetsTheMessageAndTheConnection() throws Exception {
    try (HandOffSocket socket = handOff(posix)) {
      assertEquals(Result.SENT, send(socket, 41));
      assertTrue(connection.isOpen(), "lent, not taken");
      connection.close();
    }
    try (Received<ToWorker> received = receive()) {
      ToWorker.Connection message = (ToWorker.Connection) received.message();
      assertEquals(41, message.connection());
      assertEquals("web", message.listener());
      assertEquals("127.0.0.1:9", message.peer());
      OwnedFd theirs = received.fds().get(0);
      theirs.borrow(n -> posix.write(n, new byte[] {7}, 1));
    }
    byte[] one = new byte[1];
    assertEquals(1, client.<Integer, SysException>borrow(n -> posix.read(n, one)));
    assertEquals(7, one[0]);
    assertEquals(0, client.<Integer, SysException>borrow(n -> posix.read(n, one)));
  }

  @Test
  void framesOfTheControlChannelGoBetween() throws Exception {
    try (HandOffSocket socket = handOff(posix)) {
      for (int i = 0; i < 20; i++) {
        pair.supervisor().send(new ToWorker.Ping(i));
        assertEquals(Result.SENT, send(socket, i));
      }
    }
    for (int i = 0; i < 20; i++) {
      try (Received<ToWorker> ping = receive();
          Received<ToWorker> handed = receive()) {
        assertEquals(new ToWorker.Ping(i), ping.message());
        assertEquals(i, ((ToWorker.Connection) handed.message()).connection());
      }
    }
    pair.worker().send(new ToSupervisor.Pong(1));
    assertEquals(
        new ToSupervisor.Pong(1), pair.supervisor().receive(false).orElseThrow().message());
  }

  @Test
  void aWorkerThatDoesNotReadIsFullAndThenNot() throws Exception {
    try (HandOffSocket socket = handOff(posix)) {
      long sent = fill(socket);
      assertEquals(Result.FULL, send(socket, sent));
      while (pair.worker().receive(false).map(HandOffSocketTest::closed).isPresent()) {
        sent--;
      }
      assertEquals(0, sent, "sent and not received");
      assertEquals(Result.SENT, send(socket, 1));
    }
  }

  private long fill(HandOffSocket socket) throws SysException {
    long sent = 0;
    while (send(socket, sent) == Result.SENT) {
      sent++;
      assertTrue(sent < 10_000, "never full");
    }
    assertTrue(sent > 100, "only " + sent + " fit");
    return sent;
  }

  private static boolean closed(Received<ToWorker> received) {
    received.close();
    return true;
  }

  /** Also with unread frames, which make the kernel say ECONNRESET first. */
  @Test
  void aWorkerThatIsGone() throws Exception {
    try (HandOffSocket socket = handOff(posix)) {
      assertEquals(Result.SENT, send(socket, 1));
      pair.worker().close();
      assertEquals(Result.GONE, send(socket, 2));
      assertEquals(Result.GONE, send(socket, 3));
      assertTrue(connection.isOpen());
    }
    assertThrows(EndOfChannel.class, () -> pair.supervisor().receive(false));
  }

  @ParameterizedTest
  @CsvSource({
    "EAGAIN, FULL",
    "ETOOMANYREFS, SCARCE",
    "ENOBUFS, SCARCE",
    "ENOMEM, SCARCE",
    "EPIPE, GONE",
    "ECONNRESET, GONE",
    "ENOTCONN, GONE"
  })
  void whatTheKernelSays(Errno errno, Result result) throws Exception {
    Posix saying = errno == Errno.EAGAIN ? blocked() : new FaultyPosix(posix, 1, errno).posix();
    try (HandOffSocket socket = handOff(saying)) {
      assertEquals(result, send(socket, 1));
      assertTrue(connection.isOpen());
      if (errno != Errno.EAGAIN) {
        assertEquals(Result.SENT, send(socket, 2), "it goes on where that passes");
        receive().close();
      }
    }
  }

  /** The real kernel with a full buffer. */
  private Posix blocked() throws Exception {
    try (HandOffSocket socket = handOff(posix)) {
      fill(socket);
    }
    return posix;
  }

  @Test
  void anyOtherErrorIsToldAndNothingIsLost() throws Exception {
    try (HandOffSocket socket = handOff(new FaultyPosix(posix, 1, Errno.EBADF).posix())) {
      assertEquals(Errno.EBADF, assertThrows(SysException.class, () -> send(socket, 1)).errno());
      assertTrue(connection.isOpen());
    }
  }

  @Test
  void whatIsNoFrame() throws Exception {
    byte[] long_ = new byte[Limits.CONNECTION_FRAME_BYTES + 1];
    try (HandOffSocket socket = handOff(posix)) {
      assertThrows(IllegalArgumentException.class, () -> socket.send(long_, 0, connection));
      assertThrows(
          IllegalArgumentException.class, () -> socket.send(long_, long_.length, connection));
      connection.close();
      assertThrows(IllegalStateException.class, () -> send(socket, 1));
    }
    HandOffSocket closed = handOff(posix);
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, () -> send(closed, 1));
    assertEquals(Optional.empty(), pair.worker().receive(false));
  }

  @Test
  void itIsPolledByItsOwnNumber() throws Exception {
    try (HandOffSocket socket = handOff(posix)) {
      int writable = socket.<Integer, SysException>borrow(n -> posix.poll(n, Constants.POLLOUT, 0));
      assertEquals(Constants.POLLOUT, writable);
      fill(socket);
      assertEquals(
          0, socket.<Integer, SysException>borrow(n -> posix.poll(n, Constants.POLLOUT, 0)));
    }
  }

  @Test
  void noFaultLeaks() {
    FaultMatrix.forEachCall(
        posix,
        Errno.ENOMEM,
        faulty -> {
          FrameSocket.Ends ends = FrameSocket.pair(faulty, "matrix");
          try (OwnedFd theirs = ends.worker();
              HandOffSocket socket = new HandOffSocket(faulty, ends.supervisor())) {
            assertTrue(theirs.isOpen());
            send(socket, 1);
          }
        });
  }

  @Test
  void aHandOffAllocatesNothing() throws Throwable {
    MessageBuffer in = new MessageBuffer(Limits.CONNECTION_FRAME_BYTES, 0);
    int worker = pair.worker().<Integer, SysException>borrow(n -> n);
    long[] number = {0};
    try (HandOffSocket socket = handOff(posix)) {
      double each =
          Allocations.each(
              20_000,
              () -> {
                if (send(socket, number[0]++) != Result.SENT) {
                  throw new AssertionError("not sent");
                }
                posix.recvmsg(worker, in, Constants.MSG_DONTWAIT);
              });
      assertEquals(0, each, 0.5, each + " bytes for a hand-off");
    }
  }
}
