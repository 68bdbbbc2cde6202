package dev.baton.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that are slow, gone or hostile. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DescriptorSocketTest {
  private final Posix posix = Posix.system();
  private final FdBag open = new FdBag();
  private OwnedFd bare;
  private DescriptorSocket socket;

  private void open(SocketType type) throws IOException {
    SocketPair.Ends<OwnedFd> ends = SocketPair.open(type);
    bare = open.add(ends.first());
    socket = DescriptorSocket.of(ends.second());
  }

  @AfterEach
  void close() {
    if (socket != null) {
      socket.close();
    }
    open.close();
  }

  /** Sends what a peer may send, well-formed or not. */
  private void raw(String payload, int descriptors) throws IOException {
    byte[] bytes = payload.getBytes(UTF_8);
    MessageBuffer out = new MessageBuffer(Math.max(1, bytes.length), 4);
    int[] numbers = new int[4];
    Arrays.fill(numbers, event().numberDoNotKeep());
    out.put(bytes, bytes.length);
    out.putDescriptors(numbers, descriptors);
    bare.<Integer, SysException>borrow(n -> posix.sendmsg(n, out, 0));
  }

  private OwnedFd event() throws SysException {
    return open.add(OwnedFd.of(posix, posix.eventfd(), "event"));
  }

  private void assertBroken(String why) {
    ProtocolException broken = assertThrows(ProtocolException.class, () -> socket.receive());
    assertEquals("what came is no message of descriptors: " + why, broken.getMessage());
    assertThrows(ProtocolException.class, () -> socket.receive(), "and it stays so");
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"})
  void messagesThatWereJoinedAreTakenApart(SocketType type) throws Exception {
    open(type);
    try (DescriptorSocket peer = DescriptorSocket.of(bare.take("peer"))) {
      OwnedFd event = event();
      peer.sendError(7, "first");
      peer.send(event, "second");
      peer.sendError(8, "");
      peer.send(event);
    }
    assertEquals("refused with code 7: first", socket.receive().toString());
    try (Passed second = socket.receive()) {
      assertEquals("second", second.text());
      second.take().close();
    }
    assertEquals(8, socket.receive().code());
    socket.receive().take().close();
    assertThrows(EOFException.class, () -> socket.receive());
    assertThrows(EOFException.class, () -> socket.receive());
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"})
  void whatIsNotTakenIsClosed(SocketType type) throws Exception {
    open(type);
    raw("one\0\0", 1);
    raw("two\0\0", 1);
    socket.receive().close();
    raw("never asked for\0\0", 1);
    assertTrue(socket.receive(Duration.ZERO).map(this::closed).isPresent());
  }

  private Passed closed(Passed passed) {
    passed.close();
    assertThrows(IllegalStateException.class, passed::take);
    return passed;
  }

  @Test
  void twoDescriptorsWithOneMessageAreClosed() throws Exception {
    open(SocketType.STREAM);
    raw("x\0\0", 2);
    assertBroken("more descriptors came than messages for them");
  }

  @Test
  void moreDescriptorsThanThereIsRoomForAreClosed() throws Exception {
    open(SocketType.SEQPACKET);
    raw("x\0\0", 4);
    assertBroken("it was too long, or had more than one descriptor");
  }

  @Test
  void aDescriptorWithAnErrorIsClosed() throws Exception {
    open(SocketType.STREAM);
    raw("x\0\1", 1);
    assertBroken("more descriptors came than messages for them");
  }

  @Test
  void aDescriptorThatDidNotComeIsMissed() throws Exception {
    open(SocketType.STREAM);
    raw("x\0\0", 0);
    assertBroken("a message of a descriptor came without one");
  }

  @Test
  void descriptorsDoNotPileUpBehindHalfAMessage() throws Exception {
    open(SocketType.STREAM);
    raw("x", 1);
    assertEquals(Optional.empty(), socket.receive(Duration.ZERO));
    raw("x", 1);
    assertBroken("more descriptors came than messages for them");
  }

  @Test
  void aTextWithoutAnEndIsRefused() throws Exception {
    open(SocketType.STREAM);
    raw("x".repeat(DescriptorSocket.MAX_TEXT + 1), 1);
    assertBroken("a text has more than 4096 bytes");
  }

  @Test
  void aPacketThatIsTooLongIsRefused() throws Exception {
    open(SocketType.SEQPACKET);
    raw("x".repeat(DescriptorSocket.MAX_TEXT + 3), 1);
    assertBroken("it was too long, or had more than one descriptor");
  }

  @Test
  void anEndInTheMiddleOfAMessageIsNoGoodEnd() throws Exception {
    open(SocketType.STREAM);
    raw("half", 1);
    bare.close();
    assertBroken("it ended in the middle of one");
  }

  @Test
  void textsAndCodesAreChecked() throws Exception {
    open(SocketType.STREAM);
    OwnedFd event = event();
    String most = "x".repeat(DescriptorSocket.MAX_TEXT);
    assertThrows(IllegalArgumentException.class, () -> socket.send(event, most + "x"));
    assertThrows(IllegalArgumentException.class, () -> socket.send(event, "a\0b"));
    assertThrows(IllegalArgumentException.class, () -> socket.sendError(0, ""));
    assertThrows(IllegalArgumentException.class, () -> socket.sendError(256, ""));
    try (DescriptorSocket peer = DescriptorSocket.of(bare.take("peer"))) {
      socket.send(event, most);
      try (Passed passed = peer.receive()) {
        assertEquals(most, passed.text());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"})
  void aSenderWaitsForASlowReader(SocketType type) throws Exception {
    open(type);
    int all = 500; // of which the send buffer holds a few dozen
    String text = "x".repeat(4000);
    OwnedFd event = event();
    try (DescriptorSocket peer = DescriptorSocket.of(bare.take("peer"))) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < all; n++) {
                  unchecked(n % 100, peer, event, n + text);
                }
              });
      for (int n = 0; n < all; n++) {
        try (Passed passed = socket.receive()) {
          assertEquals(n + text, passed.text());
          assertEquals(n % 100, passed.code());
        }
      }
      sending.get();
    }
  }

  private static void unchecked(int code, DescriptorSocket peer, OwnedFd event, String text) {
    try {
      if (code == 0) {
        peer.send(event, text);
      } else {
        peer.sendError(code, text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aPeerThatIsGoneIsTold() throws Exception {
    open(SocketType.STREAM);
    bare.close();
    SysException gone = assertThrows(SysException.class, () -> socket.sendError(1, "too late"));
    assertEquals(Errno.EPIPE, gone.errno());
  }

  /** The kernel says ECONNRESET first, since the peer had not read everything. */
  @Test
  void whatAPeerSentBeforeItClosedIsStillThere() throws Exception {
    open(SocketType.STREAM);
    raw("last words\0\0", 1);
    socket.sendError(1, "never read");
    bare.close();
    try (Passed passed = socket.receive()) {
      assertEquals("last words", passed.text());
    }
    assertThrows(EOFException.class, () -> socket.receive());
  }

  @Test
  void aTimeLimitEndsAWait() throws Exception {
    open(SocketType.STREAM);
    assertEquals(Optional.empty(), socket.receive(Duration.ZERO));
    assertEquals(Optional.empty(), socket.receive(Duration.ofMillis(5)));
    raw("x\0\5", 0);
    assertEquals(5, socket.receive(Duration.ofDays(1_000_000)).orElseThrow().code());
  }

  @Test
  void aCloseEndsTheWaitsOfOthers() throws Exception {
    open(SocketType.STREAM);
    long before = Peers.waits();
    CompletableFuture<Passed> receiving =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return socket.receive();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> {
              for (; ; ) {
                unchecked(1, socket, null, "x".repeat(4000));
              }
            });
    Peers.awaitWaits(before + 2);
    socket.close();
    for (CompletableFuture<?> ended : new CompletableFuture<?>[] {receiving, sending}) {
      ExecutionException e = assertThrows(ExecutionException.class, ended::get);
      assertSame(ClosedChannelException.class, e.getCause().getCause().getClass());
    }
  }

  @Test
  void theSocketItselfCanMoveOn() throws Exception {
    open(SocketType.STREAM);
    raw("x\0\0y\0\7", 1);
    socket.receive().close();
    try (OwnedFd moved = socket.take()) {
      assertTrue(moved.isOpen());
      assertThrows(ClosedChannelException.class, () -> socket.receive());
      assertFalse(socket.toString().isEmpty());
    }
  }
}
