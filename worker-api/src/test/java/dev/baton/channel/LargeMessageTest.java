package dev.baton.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdLedger;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages in memory files that a hostile worker made. */
@ExtendWith(FdLeakCheck.class)
class LargeMessageTest {
  private static final int ALL_SEALS =
      Constants.F_SEAL_SEAL
          | Constants.F_SEAL_SHRINK
          | Constants.F_SEAL_GROW
          | Constants.F_SEAL_WRITE;

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

  private OwnedFd memfd(byte[] content, int seals) throws SysException {
    OwnedFd fd = OwnedFd.of(posix, posix.memfdCreate("hostile"), "hostile");
    fd.borrow(n -> posix.write(n, content, content.length));
    if (seals != 0) {
      fd.use(n -> posix.addSeals(n, seals));
    }
    return fd;
  }

  private void refused(OwnedFd payload, ErrorCode code, String reason) throws Exception {
    List<OwnedFd> extra = Channels.events(posix, 1);
    pair.bareWorker().send(Envelope.bytes(), List.of(payload, extra.get(0)));
    payload.close();
    Channels.close(extra);
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().receive(true));
    assertEquals(code + ": " + reason, e.code() + ": " + e.getMessage());
    assertEquals(2, FdLedger.report().size(), FdLedger.report().toString());
  }

  private static byte[] pong() {
    return "{\"type\":\"pong\",\"seq\":5}".getBytes(UTF_8);
  }

  @Test
  void aSealedOneIsRead() throws Exception {
    OwnedFd payload = memfd(pong(), ALL_SEALS);
    pair.bareWorker().send(Envelope.bytes(), List.of(payload));
    payload.close();
    try (Received<ToSupervisor> received = pair.supervisor().receive(true).orElseThrow()) {
      assertEquals(new ToSupervisor.Pong(5), received.message());
      assertEquals(0, received.fds().size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        Constants.F_SEAL_WRITE,
        ALL_SEALS & ~Constants.F_SEAL_WRITE,
        ALL_SEALS & ~Constants.F_SEAL_SHRINK,
        ALL_SEALS & ~Constants.F_SEAL_SEAL
      })
  void anUnsealedOneIsRefused(int seals) throws Exception {
    refused(memfd(pong(), seals), ErrorCode.DESCRIPTORS, "the payload is not sealed");
  }

  @Test
  void whatIsNoMemoryFileIsRefused() throws Exception {
    OwnedFd file =
        OwnedFd.of(posix, posix.open("/proc/self/status", Constants.O_RDONLY, 0), "file");
    refused(file, ErrorCode.DESCRIPTORS, "the payload is no memory file");
    OwnedFd event = Channels.events(posix, 1).get(0);
    refused(event, ErrorCode.DESCRIPTORS, "the payload is no memory file");
  }

  @Test
  void oneThatCannotBeReadIsRefused() throws Exception {
    try (OwnedFd payload = memfd(pong(), ALL_SEALS & ~Constants.F_SEAL_WRITE & ~1)) {
      String path = "/proc/self/fd/" + payload.numberDoNotKeep();
      OwnedFd again = OwnedFd.of(posix, posix.open(path, Constants.O_WRONLY, 0), "again");
      payload.use(n -> posix.addSeals(n, ALL_SEALS));
      payload.take("first").close();
      refused(
          again,
          ErrorCode.DESCRIPTORS,
          "the payload cannot be read: read failed: EBADF (Bad file descriptor)");
    }
  }

  @Test
  void anOversizeOneIsRefusedBeforeItIsRead() throws Exception {
    OwnedFd payload = OwnedFd.of(posix, posix.memfdCreate("hole"), "hole");
    payload.borrow(n -> posix.lseek(n, Limits.MESSAGE_BYTES, Constants.SEEK_SET));
    payload.borrow(n -> posix.write(n, new byte[1], 1));
    payload.use(n -> posix.addSeals(n, ALL_SEALS));
    refused(payload, ErrorCode.TOO_LARGE, "a message of 4194305 bytes");
  }

  @Test
  void anEmptyOneAndJunkAreRefused() throws Exception {
    refused(memfd(new byte[0], ALL_SEALS), ErrorCode.BAD_MESSAGE, "not a JSON object");
    refused(memfd("[]".getBytes(UTF_8), ALL_SEALS), ErrorCode.BAD_MESSAGE, "not a JSON object");
  }

  @Test
  void anEnvelopeAloneIsRefused() throws Exception {
    pair.bareWorker().send(Envelope.bytes(), List.of());
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().receive(true));
    assertEquals("a large message without its payload", e.getMessage());
  }

  @Test
  void anEnvelopeInsideIsNotOpened() throws Exception {
    OwnedFd payload = memfd(Envelope.bytes(), ALL_SEALS);
    pair.bareWorker().send(Envelope.bytes(), List.of(payload));
    payload.close();
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> pair.supervisor().receive(true));
    assertEquals(ErrorCode.UNKNOWN_TYPE, e.code());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100_000})
  void everyFailingCallOnTheWayLeavesNothing(int nameLength) {
    pair.close();
    ToWorker.Offer offer =
        new ToWorker.Offer(1, List.of(Descriptor.file("n".repeat(nameLength), "read")));
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            posix,
            Errno.EMFILE,
            p -> {
              try (Channels.Pair both = Channels.Pair.open(p)) {
                both.supervisor().send(offer, Channels.events(p, 1));
                try (Received<ToWorker> received = both.worker().receive(true).orElseThrow()) {
                  assertEquals(1, received.fds().size());
                }
              }
            });
    assertEquals(outcome.calls(), outcome.noticed());
    // A memory file takes three calls more to send: create, write, seal; and to read: seals, two
    // seeks, read.
    assertEquals(nameLength < 100 ? 4 : 11, outcome.calls());
    assertTrue(FdLedger.report().isEmpty());
  }
}
