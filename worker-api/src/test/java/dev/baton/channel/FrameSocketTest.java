package dev.baton.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdLedger;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ProtocolException;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
class FrameSocketTest {
  private final Posix posix = Posix.system();
  private Channels.Sockets sockets;

  @BeforeEach
  void open() throws Exception {
    sockets = Channels.Sockets.open(posix);
  }

  @AfterEach
  void close() {
    sockets.close();
  }

  private static byte[] payload(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return bytes;
  }

  @Test
  void oneSendIsOneFrame() throws Exception {
    int[] lengths = {1, 2, 4096, Limits.FRAME_BYTES, 1};
    for (int length : lengths) {
      assertTrue(sockets.a().send(payload(length), List.of()));
    }
    for (int length : lengths) {
      try (Frame frame = sockets.b().receive(false).orElseThrow()) {
        assertArrayEquals(payload(length), frame.payload());
        assertEquals(0, frame.fds().size());
        assertFalse(frame.end());
      }
    }
    assertEquals(Optional.empty(), sockets.b().receive(false));
  }

  /** A supervisor has one for each of its workers, and a small heap. */
  @Test
  void aHundredSocketsTakeLittleMemory() throws Exception {
    long before = directBytes();
    List<Channels.Sockets> many = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Channels.Sockets pair = Channels.Sockets.open(posix);
        many.add(pair);
        assertTrue(pair.a().send(payload(i + 1), List.of()));
      }
      for (int i = 0; i < 100; i++) {
        try (Frame frame = many.get(i).b().receive(false).orElseThrow()) {
          assertArrayEquals(payload(i + 1), frame.payload());
        }
      }
      long used = directBytes() - before;
      assertTrue(used <= 4L * Limits.FRAME_BYTES, () -> used + " bytes");
    } finally {
      many.forEach(Channels.Sockets::close);
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void descriptorsStayWithTheirFrame() throws Exception {
    int[] counts = {0, 1, 253, 0, 2};
    for (int count : counts) {
      List<OwnedFd> fds = Channels.events(posix, count);
      assertTrue(sockets.a().send(payload(count + 1), fds));
      Channels.close(fds);
    }
    for (int count : counts) {
      try (Frame frame = sockets.b().receive(false).orElseThrow()) {
        assertEquals(count + 1, frame.payload().length);
        assertEquals(count, frame.fds().size());
      }
    }
  }

  @Test
  void descriptorsKeepTheirOrder() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, 3);
    for (int i = 0; i < 3; i++) {
      byte[] counter = new byte[8];
      counter[0] = (byte) (i + 1);
      fds.get(i).borrow(n -> posix.write(n, counter, 8));
    }
    sockets.a().send(payload(1), fds);
    Channels.close(fds);
    try (Frame frame = sockets.b().receive(false).orElseThrow()) {
      for (int i = 0; i < 3; i++) {
        byte[] counter = new byte[8];
        frame.fds().get(i).borrow(n -> posix.read(n, counter));
        assertEquals(i + 1, counter[0]);
      }
    }
  }

  @Test
  void tooMuchIsRefusedBeforeTheKernelIsAsked() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, Limits.FRAME_DESCRIPTORS + 1);
    try {
      assertEquals(
          "254 descriptors; a frame has at most 253",
          assertThrows(IllegalArgumentException.class, () -> sockets.a().send(payload(1), fds))
              .getMessage());
    } finally {
      Channels.close(fds);
    }
    byte[] large = new byte[Limits.FRAME_BYTES + 1];
    assertThrows(IllegalArgumentException.class, () -> sockets.a().send(large, List.of()));
    assertThrows(IllegalArgumentException.class, () -> sockets.a().send(new byte[0], List.of()));
    assertEquals(Optional.empty(), sockets.b().receive(false));
  }

  @Test
  void aFrameOverTheLimitIsCutOffAndItsDescriptorsClosed() throws Exception {
    MessageBuffer large = new MessageBuffer(Limits.FRAME_BYTES + 1, 2);
    List<OwnedFd> fds = Channels.events(posix, 2);
    large.put(new byte[Limits.FRAME_BYTES + 1], Limits.FRAME_BYTES + 1);
    large.putDescriptors(fds.stream().mapToInt(OwnedFd::numberDoNotKeep).toArray(), 2);
    sockets.a().borrow(n -> posix.sendmsg(n, large, Constants.MSG_DONTWAIT));
    Channels.close(fds);
    sockets.a().send(payload(3), List.of());
    ProtocolException e = assertThrows(ProtocolException.class, () -> sockets.b().receive(false));
    assertEquals(ErrorCode.TOO_LARGE, e.code());
    assertEquals("a frame of more than 65536 bytes", e.getMessage());
    assertOnlyTheSocketsAreOpen();
    assertEquals(3, sockets.b().receive(false).orElseThrow().payload().length);
  }

  private static void assertOnlyTheSocketsAreOpen() {
    List<String> open = FdLedger.report();
    assertEquals(2, open.size(), open.toString());
  }

  @Test
  void endOfFileComesAfterAllFrames() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, 1);
    sockets.a().send(payload(5), fds);
    Channels.close(fds);
    sockets.a().close();
    try (Frame frame = sockets.b().receive(true).orElseThrow()) {
      assertEquals(1, frame.fds().size());
    }
    assertTrue(sockets.b().receive(true).orElseThrow().end());
    assertTrue(sockets.b().receive(true).orElseThrow().end(), "and for ever");
    SysException e =
        assertThrows(SysException.class, () -> sockets.b().send(payload(1), List.of()));
    assertEquals(Errno.EPIPE, e.errno());
  }

  /** In one process, the same as after a death: the peer's unread data make the kernel say so. */
  @Test
  void connectionResetIsPassedOver() throws Exception {
    sockets.b().send(payload(9), List.of());
    sockets.a().send(payload(5), List.of());
    sockets.a().send(payload(6), List.of());
    sockets.a().close();
    assertEquals(5, sockets.b().receive(false).orElseThrow().payload().length);
    assertEquals(6, sockets.b().receive(false).orElseThrow().payload().length);
    assertTrue(sockets.b().receive(false).orElseThrow().end());
  }

  /** So the test above is about something: a bare receive does see it. */
  @Test
  void theKernelDoesSayConnectionReset() throws Exception {
    sockets.b().send(payload(9), List.of());
    sockets.a().send(payload(5), List.of());
    sockets.a().close();
    MessageBuffer in = new MessageBuffer(16, 1);
    SysException e =
        assertThrows(SysException.class, () -> sockets.b().borrow(n -> posix.recvmsg(n, in, 0)));
    assertEquals(Errno.ECONNRESET, e.errno());
    assertEquals(5, sockets.b().<Integer, SysException>borrow(n -> posix.recvmsg(n, in, 0)));
  }

  @Test
  void aFullPeerIsNotAnError() throws Exception {
    int sent = 0;
    while (sockets.a().send(payload(1000), List.of())) {
      sent++;
      assertTrue(sent < 10_000, "never full");
    }
    for (int i = 0; i < sent; i++) {
      assertEquals(1000, sockets.b().receive(false).orElseThrow().payload().length);
    }
    assertEquals(Optional.empty(), sockets.b().receive(false));
    assertTrue(sockets.a().send(payload(1), List.of()));
  }

  @Test
  void aDescriptorThatIsGoneIsNotSent() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, 2);
    fds.get(1).close();
    assertThrows(IllegalStateException.class, () -> sockets.a().send(payload(1), fds));
    Channels.close(fds);
    assertEquals(Optional.empty(), sockets.b().receive(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EMFILE", "ECONNRESET", "EPIPE", "ENOMEM", "ETOOMANYREFS"})
  void everyFailingCallLeavesNothing(String errno) {
    sockets.close();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            posix,
            Errno.valueOf(errno),
            p -> {
              try (Channels.Sockets pair = Channels.Sockets.open(p)) {
                List<OwnedFd> fds = Channels.events(p, 2);
                try {
                  pair.a().send(payload(7), fds);
                } finally {
                  Channels.close(fds);
                }
                pair.b().receive(false).orElseThrow().close();
              }
            });
    int passedOver = errno.equals("ECONNRESET") ? 1 : 0;
    assertEquals(new FaultMatrix.Outcome(5, 5 - passedOver), outcome);
  }
}
