package dev.baton.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.testkit.Allocations;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way and the long way, through Jackson, never disagree. */
class FastCodecTest {
  private static final List<Function<Numbers, Message>> OF_CONNECTIONS =
      List.of(
          n -> new ToSupervisor.Claim(List.of(), n),
          ToSupervisor.Refuse::new,
          ToSupervisor.Closed::new);

  private static final List<List<Long>> LISTS =
      List.of(List.of(), List.of(0L), List.of(9L, 10L, 99L, 100L, 100L), List.of(Long.MAX_VALUE));

  @Test
  void bytesAreTheSame() {
    for (List<Long> list : LISTS) {
      for (Function<Numbers, Message> type : OF_CONNECTIONS) {
        Message message = type.apply(Numbers.of(list));
        assertNotNull(FastCodec.encode(message), message.toString());
        assertArrayEquals(Codec.encodeAny(message), FastCodec.encode(message));
      }
    }
    for (Message message : Samples.ALL) {
      assertArrayEquals(Codec.encodeAny(message), Codec.encode(message));
    }
  }

  @Test
  void whatItDoesNotWrite() {
    assertNull(FastCodec.encode(new ToSupervisor.Claim(List.of("web"), Numbers.of(List.of(1L)))));
    Message negative = new ToSupervisor.Closed(List.of(-1L));
    assertNull(FastCodec.encode(negative));
    assertEquals("{\"type\":\"closed\",\"connections\":[-1]}", new String(Codec.encode(negative)));
  }

  @Property
  void listsAreReadBack(
      @ForAll @Size(max = 50) List<@LongRange(max = 999_999_999_999_999_999L) Long> list) {
    for (Function<Numbers, Message> type : OF_CONNECTIONS) {
      Message message = type.apply(Numbers.of(list));
      assertEquals(message, FastCodec.decode(Codec.encode(message)));
    }
  }

  /** Mutations of our own messages, most of which still look much like them. */
  @Property(tries = 20_000)
  void mutatedMessagesAreReadAlike(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = message(random);
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes = mutate(bytes, random);
    }
    assertAlike(bytes);
  }

  private static byte[] message(Random random) {
    if (random.nextInt(4) == 0) {
      ConnectionFrame frame = new ConnectionFrame("web");
      byte[] peer = "[fe80::1%2]:567".getBytes(UTF_8);
      frame.fill(random.nextLong() >>> 1 + random.nextInt(62), peer, random.nextInt(peer.length));
      return frame.bytes();
    }
    long[] numbers = random.longs(random.nextInt(5), 0, 1L << random.nextInt(1, 63)).toArray();
    Numbers list = Numbers.of(numbers, numbers.length);
    return Codec.encode(OF_CONNECTIONS.get(random.nextInt(3)).apply(list));
  }

  private static final byte[] TELLING = "{}[]\",:00129.-+eE \\\n\u0000ntä".getBytes(UTF_8);

  private static byte[] mutate(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return TELLING;
    }
    // Where numbers are, the two ways have most to differ about.
    int at = random.nextBoolean() ? random.nextInt(bytes.length) : bytes.length - 1 - tail(random);
    at = Math.max(0, at);
    byte one = TELLING[random.nextInt(TELLING.length)];
    int rest = at + (random.nextBoolean() ? 1 : 0); // instead of the byte there, or before it
    byte[] result = Arrays.copyOf(bytes, at + 1 + bytes.length - rest);
    result[at] = one;
    System.arraycopy(bytes, rest, result, at + 1, bytes.length - rest);
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, at) : result;
  }

  private static int tail(Random random) {
    return random.nextInt(24);
  }

  private static boolean assertAlike(byte[] bytes) {
    Message fast = FastCodec.decode(bytes);
    if (fast == null) {
      return false;
    }
    try {
      assertEquals(Codec.decodeAny(bytes, Message.class), fast, new String(bytes, UTF_8));
    } catch (ProtocolException e) {
      throw new AssertionError("taken, though " + e.getMessage() + ": " + new String(bytes), e);
    }
    return true;
  }

  /** A scanner that took nothing would agree, too. */
  @Test
  void manyMutationsAreStillTakenShort() {
    AtomicInteger taken = new AtomicInteger();
    Random random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      if (assertAlike(mutate(message(random), random))) {
        taken.incrementAndGet();
      }
    }
    assertTrue(taken.get() > 200 && taken.get() < 4000, taken + " of 5000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'closed','connections':[01]}",
        "{'type':'closed','connections':[-0]}",
        "{'type':'closed','connections':[-1]}",
        "{'type':'closed','connections':[1,]}",
        "{'type':'closed','connections':[,1]}",
        "{'type':'closed','connections':[1,,1]}",
        "{'type':'closed','connections':[1 ,1]}",
        "{'type':'closed','connections':[1]",
        "{'type':'closed','connections':[1]}}",
        "{'type':'closed','connections':[1]} ",
        "{'type':'closed','connections':[1],'x':2}",
        "{'type':'closed','connections':[1.0]}",
        "{'type':'closed','connections':[9223372036854775808]}",
        "{'type':'closed','connections':[18446744073709551617]}",
        "{'type':'closed','connections':[1]",
        "{'type':'closed','connections':[",
        "{'type':'closed','connections':[1",
        "{'type':'claim','names':['a'],'connections':[1]}",
        " {'type':'closed','connections':[1]}",
        "{'type':'connection','connection':",
        "{'type':'connection','connection': 1,'listener':'a",
        "{'type':'connection','connection':"
            + " 1,'listener':'a','fds':[{'kind':'connection','name':'a',"
            + "'purpose':'use'}],'peer':nul}",
        "{'type':'connection','connection':"
            + " 1,'listener':'a','fds':[{'kind':'connection','name':'a',"
            + "'purpose':'custody'}],'peer':null}",
      })
  void everythingElseTakesTheLongWay(String json) {
    assertNull(FastCodec.decode(json.replace('\'', '"').getBytes(UTF_8)));
  }

  @Test
  void blanksDoNotMakeAMessageLonger() {
    ConnectionFrame frame = new ConnectionFrame("web");
    String text = new String(frame.bytes(), UTF_8);
    String padded = text.substring(0, text.length() - 1) + " ".repeat(Limits.FRAME_BYTES) + "}";
    assertNull(FastCodec.decode(padded.getBytes(UTF_8)));
  }

  @Test
  void theDirectionCounts() throws Exception {
    byte[] claim = Codec.encode(new ToSupervisor.Claim(List.of(), Numbers.of(List.of(1L))));
    assertNotNull(FastCodec.decode(claim));
    assertThrows(UnknownTypeException.class, () -> Codec.fromSupervisor(claim));
    assertFalse(Codec.fromWorker(claim).fds().iterator().hasNext());
  }

  /** In lazy batches of 32, reading claims costs the supervisor less than this a connection. */
  @Test
  void aBatchOfClaimsAllocatesLittle() throws Throwable {
    long[] numbers = new Random(3).longs(32, 1, 10_000_000).toArray();
    Message claim = new ToSupervisor.Claim(List.of(), Numbers.of(numbers, numbers.length));
    byte[] bytes = Codec.encode(claim);
    Message[] kept = new Message[1];
    double read = Allocations.each(20_000, () -> kept[0] = Codec.fromWorker(bytes)) / 32;
    assertTrue(read <= 16, read + " bytes to read a claim");
    byte[][] sent = new byte[1][];
    double written = Allocations.each(20_000, () -> sent[0] = Codec.encode(claim)) / 32;
    assertTrue(written <= 16, written + " bytes to write a claim");
    assertEquals(claim, kept[0]);
    assertArrayEquals(bytes, sent[0]);
  }
}
