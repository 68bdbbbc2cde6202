package dev.baton.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdLedger;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
class MessageChannelTest {
  private final Posix posix = Posix.system();
  private Channels.Pair pair;

  @BeforeEach
  void open() throws Exception {
    pair = Channels.Pair.open(posix);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  private static ToWorker.Offer offer(int count) {
    return new ToWorker.Offer(
        7, IntStream.range(0, count).mapToObj(i -> Descriptor.file("file " + i, "read")).toList());
  }

  private static ToWorker.Welcome welcome(int bytes) {
    return new ToWorker.Welcome(
        "p/0#1", 1, "1.0", "/a", "s", 1, 1, null, Map.of("text", "x".repeat(bytes)));
  }

  @Test
  void messagesArriveInOrderBothWays() throws Exception {
    pair.supervisor().send(new ToWorker.Ping(1));
    pair.supervisor().send(new ToWorker.Drain(2, 300));
    pair.worker().send(new ToSupervisor.Pong(1));
    assertEquals(new ToWorker.Ping(1), pair.worker().receive(true).orElseThrow().message());
    assertEquals(new ToWorker.Drain(2, 300), pair.worker().receive(true).orElseThrow().message());
    assertEquals(Optional.empty(), pair.worker().receive(false));
    assertEquals(new ToSupervisor.Pong(1), pair.supervisor().receive(true).orElseThrow().message());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 253})
  void descriptorsComeWithTheirMessageUnderTheirNames(int count) throws Exception {
    List<OwnedFd> fds = Channels.events(posix, count);
    pair.supervisor().send(offer(count), fds);
    assertTrue(fds.stream().noneMatch(OwnedFd::isOpen), "a sent descriptor is given away");
    try (Received<ToWorker> received = pair.worker().receive(true).orElseThrow()) {
      assertEquals(offer(count), received.message());
      assertEquals(count, received.fds().size());
      for (int i = 0; i < count; i++) {
        assertEquals("file:file " + i, received.fds().get(i).label());
      }
    }
  }

  @Test
  void tooManyDescriptorsAreRefusedAndClosed() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, 254);
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().send(offer(254), fds));
    assertEquals(ErrorCode.TOO_LARGE, e.code());
    assertTrue(fds.stream().noneMatch(OwnedFd::isOpen));
  }

  @Test
  void anotherNumberThanAnnouncedIsAMistakeHereAndCloses() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, 2);
    assertThrows(IllegalArgumentException.class, () -> pair.supervisor().send(offer(1), fds));
    assertTrue(fds.stream().noneMatch(OwnedFd::isOpen));
    assertEquals(Optional.empty(), pair.worker().receive(false));
  }

  @Test
  void aLargeMessageTravelsInAMemoryFile() throws Exception {
    ToWorker.Welcome welcome = welcome(1_000_000);
    pair.supervisor().send(welcome);
    try (Received<ToWorker> received = pair.worker().receive(true).orElseThrow()) {
      assertEquals(welcome, received.message());
      assertEquals(0, received.fds().size());
    }
  }

  @Test
  void theLargestMessageFitsAndOneByteMoreDoesNot() throws Exception {
    int overhead = Codec.encode(welcome(0)).length;
    pair.supervisor().send(welcome(Limits.MESSAGE_BYTES - overhead));
    pair.worker().receive(true).orElseThrow().close();
    ProtocolException e =
        assertThrows(
            ProtocolException.class,
            () -> pair.supervisor().send(welcome(Limits.MESSAGE_BYTES - overhead + 1)));
    assertEquals(ErrorCode.TOO_LARGE, e.code());
    assertEquals(Optional.empty(), pair.worker().receive(false));
  }

  @Test
  void aLargeMessageBringsItsOwnDescriptorsToo() throws Exception {
    String name = "n".repeat(2000);
    List<Descriptor> announced = Collections.nCopies(252, Descriptor.file(name, "append"));
    pair.supervisor().send(new ToWorker.Offer(1, announced), Channels.events(posix, 252));
    try (Received<ToWorker> received = pair.worker().receive(true).orElseThrow()) {
      assertEquals(252, received.fds().size());
      assertEquals("file:" + name, received.fds().get(0).label());
      assertEquals(252, received.message().fds().size());
    }
    List<OwnedFd> fds = Channels.events(posix, 253);
    ToWorker.Offer noRoom =
        new ToWorker.Offer(1, Collections.nCopies(253, Descriptor.file(name, "append")));
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().send(noRoom, fds));
    assertEquals(ErrorCode.TOO_LARGE, e.code());
    assertTrue(fds.stream().noneMatch(OwnedFd::isOpen));
  }

  @Test
  void whatWaitsIsSentInOrderAndOnlyWhenThePeerReads() throws Exception {
    int sent = fill();
    OwnedFd waiting = Channels.events(posix, 1).get(0);
    pair.supervisor().send(offer(1), List.of(waiting));
    pair.supervisor().send(new ToWorker.Ping(-1));
    assertTrue(pair.supervisor().pending());
    assertTrue(waiting.isOpen(), "not sent, so not closed");
    assertFalse(pair.supervisor().flush());
    for (int i = 0; i < sent; i++) {
      assertEquals(new ToWorker.Ping(i), pair.worker().receive(false).orElseThrow().message());
      if (i > sent / 2) {
        pair.supervisor().flush();
      }
    }
    assertTrue(pair.supervisor().flush());
    assertFalse(pair.supervisor().pending());
    assertFalse(waiting.isOpen());
    try (Received<ToWorker> received = pair.worker().receive(false).orElseThrow()) {
      assertEquals(offer(1), received.message());
    }
    assertEquals(new ToWorker.Ping(-1), pair.worker().receive(false).orElseThrow().message());
    assertEquals(Optional.empty(), pair.worker().receive(false));
  }

  /** Pings numbered from 0 until one waits; returns how many were sent or wait. */
  private int fill() throws Exception {
    int sent = 0;
    while (!pair.supervisor().pending()) {
      pair.supervisor().send(new ToWorker.Ping(sent++));
      assertTrue(sent < 10_000, "never full");
    }
    return sent;
  }

  @Test
  void aPeerThatDoesNotReadIsGivenUpAfterSoManyMessages() throws Exception {
    fill();
    int waiting = 1;
    ProtocolException e = null;
    while (e == null) {
      try {
        pair.supervisor().send(new ToWorker.Ping(waiting));
        waiting++;
      } catch (ProtocolException overflow) {
        e = overflow;
      }
      assertTrue(waiting <= Limits.QUEUED_FRAMES, "no bound");
    }
    assertEquals(Limits.QUEUED_FRAMES, waiting);
    assertEquals(ErrorCode.OVERFLOW, e.code());
    assertEquals("does not read its channel: 1024 messages wait", e.getMessage());
  }

  @Test
  void largeMessagesCountWithTheirFullSize() throws Exception {
    fill();
    ToWorker.Welcome welcome = welcome(Limits.QUEUED_BYTES / 3);
    pair.supervisor().send(welcome);
    pair.supervisor().send(welcome);
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().send(welcome));
    assertEquals(ErrorCode.OVERFLOW, e.code());
  }

  @Test
  void whatWaitsIsClosedWithTheChannel() throws Exception {
    fill();
    OwnedFd waiting = Channels.events(posix, 1).get(0);
    pair.supervisor().send(offer(1), List.of(waiting));
    pair.supervisor().close();
    assertFalse(waiting.isOpen());
    pair.supervisor().close();
  }

  @Test
  void aGonePeerIsAnErrorAndWhatWasToBeSentIsClosed() throws Exception {
    pair.worker().close();
    OwnedFd fd = Channels.events(posix, 1).get(0);
    SysException e =
        assertThrows(SysException.class, () -> pair.supervisor().send(offer(1), List.of(fd)));
    assertEquals(Errno.EPIPE, e.errno());
    assertFalse(fd.isOpen());
    assertThrows(EndOfChannel.class, () -> pair.supervisor().receive(true));
  }

  @Test
  void descriptorsNotAnnouncedAreClosedAndRefused() throws Exception {
    refused("{\"type\":\"pong\",\"seq\":1}", 1, "tells of 0 descriptors and brought 1");
    refused(
        "{\"type\":\"hand-back\",\"connection\":1,\"listener\":\"l\",\"fds\":[]}",
        2,
        "tells of 0 descriptors and brought 2");
  }

  @Test
  void announcedDescriptorsThatDidNotComeAreRefused() throws Exception {
    String two =
        "{\"type\":\"hand-back\",\"connection\":1,\"listener\":\"l\",\"fds\":["
            + "{\"kind\":\"connection\",\"name\":\"l\"},{\"kind\":\"payload\",\"name\":\"s\"}]}";
    refused(two, 0, "tells of 2 descriptors and brought 0");
    refused(two, 1, "tells of 2 descriptors and brought 1");
    refused(two, 3, "tells of 2 descriptors and brought 3");
  }

  private void refused(String json, int descriptors, String reason) throws Exception {
    List<OwnedFd> fds = Channels.events(posix, descriptors);
    pair.bareWorker().send(json.getBytes(UTF_8), fds);
    Channels.close(fds);
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().receive(true));
    assertEquals(ErrorCode.DESCRIPTORS, e.code());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(2, FdLedger.report().size(), FdLedger.report().toString());
  }

  @Test
  void junkClosesWhatItBrought() throws Exception {
    List<OwnedFd> fds = Channels.events(posix, 3);
    pair.bareWorker().send(new byte[] {1, 2, 3}, fds);
    Channels.close(fds);
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().receive(true));
    assertEquals(ErrorCode.BAD_MESSAGE, e.code());
    assertEquals(2, FdLedger.report().size(), FdLedger.report().toString());
  }
}
