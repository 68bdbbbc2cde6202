package dev.baton.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.testkit.Allocations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionFrameTest {
  private static final byte[] PEER = "127.0.0.1:5678".getBytes(US_ASCII);

  private static ToWorker.Connection message(long number, String listener, String peer) {
    Descriptor fd = new Descriptor(Kind.CONNECTION, listener, Purpose.USE, null, null, null);
    return new ToWorker.Connection(number, listener, peer, List.of(fd));
  }

  private static void assertReads(ToWorker.Connection expected, ConnectionFrame frame)
      throws Exception {
    assertEquals(expected, Codec.fromSupervisor(frame.bytes()));
    assertEquals(expected, Codec.decodeAny(frame.bytes(), ToWorker.class));
  }

  @Test
  void everyFillIsAMessageOfTheSameLength() throws Exception {
    ConnectionFrame frame = new ConnectionFrame("web");
    byte[] bytes = frame.bytes();
    long[] numbers = {Long.MAX_VALUE, 0, 1, 999, 1000, 123_456_789_012_345_678L};
    String[] peers = {"x".repeat(64), "", "1.2.3.4:5", "[::1]:567", ""};
    for (long number : numbers) {
      for (String peer : peers) {
        int length = frame.fill(number, peer.getBytes(US_ASCII), peer.length());
        assertEquals(frame.length(), length);
        assertEquals(bytes.length, length);
        assertReads(message(number, "web", peer.isEmpty() ? null : peer), frame);
      }
    }
    assertSame(bytes, frame.bytes());
    assertTrue(frame.length() < 300, "grew to " + frame.length());
  }

  @Test
  void onlyTheGivenLengthOfThePeerCounts() throws Exception {
    ConnectionFrame frame = new ConnectionFrame("web");
    frame.fill(3, PEER, 9);
    assertReads(message(3, "web", "127.0.0.1"), frame);
  }

  @Test
  void itIsReadWithoutATree() {
    ConnectionFrame frame = new ConnectionFrame("web");
    frame.fill(7, PEER, PEER.length);
    assertEquals(message(7, "web", "127.0.0.1:5678"), FastCodec.decode(frame.bytes()));
    frame.fill(7, PEER, 0);
    assertNotNull(FastCodec.decode(frame.bytes()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"größe", "a\"b\\c", "\u0000", "\ud83d\ude00", ""})
  void namesThatNeedCareAreLeftToJackson(String listener) throws Exception {
    ConnectionFrame frame = new ConnectionFrame(listener);
    frame.fill(7, PEER, PEER.length);
    assertReads(message(7, listener, "127.0.0.1:5678"), frame);
  }

  @Test
  void whatIsNoConnection() throws Exception {
    ConnectionFrame frame = new ConnectionFrame("web");
    assertThrows(IllegalArgumentException.class, () -> frame.fill(-1, PEER, 0));
    assertThrows(IllegalArgumentException.class, () -> frame.fill(1, new byte[65], 65));
    assertThrows(IllegalArgumentException.class, () -> frame.fill(1, PEER, -1));
    for (byte wrong : new byte[] {'"', '\\', 0, '\n', 0x7f, (byte) 0xe4}) {
      byte[] peer = {'a', wrong};
      assertThrows(IllegalArgumentException.class, () -> frame.fill(1, peer, 2), "byte " + wrong);
    }
    frame.fill(2, PEER, PEER.length);
    assertReads(message(2, "web", "127.0.0.1:5678"), frame);
  }

  @Test
  void aNameHasItsLimit() {
    assertTrue(new ConnectionFrame("n".repeat(100)).length() <= Limits.CONNECTION_FRAME_BYTES);
    assertThrows(IllegalArgumentException.class, () -> new ConnectionFrame("n".repeat(200)));
  }

  @Test
  void fillingAllocatesNothing() throws Throwable {
    ConnectionFrame frame = new ConnectionFrame("web");
    long[] number = {0};
    double each = Allocations.each(20_000, () -> frame.fill(number[0]++ * 7919, PEER, PEER.length));
    assertEquals(0, each, 0.5, each + " bytes");
  }

  @Test
  void theOtherDirectionDoesNotKnowIt() {
    ConnectionFrame frame = new ConnectionFrame("web");
    assertThrows(UnknownTypeException.class, () -> Codec.fromWorker(frame.bytes()));
    assertNull(FastCodec.decode(new byte[0]));
  }
}
