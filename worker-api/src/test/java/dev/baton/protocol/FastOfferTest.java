package dev.baton.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short way of offers says and accepts what the long way does, and nothing else. */
class FastOfferTest {
  private static final List<Descriptor> KINDS =
      List.of(
          Descriptor.listener("web", "tcp://127.0.0.1:8080", "shared"),
          Descriptor.file("log", "append"),
          new Descriptor(
              Descriptor.Kind.LISTENER,
              "api",
              Descriptor.Purpose.CUSTODY,
              "unix:/run/api",
              "dispatch",
              null),
          new Descriptor(Descriptor.Kind.CONNECTION, "web", null, null, null, null),
          new Descriptor(Descriptor.Kind.PAYLOAD, "message", null, null, null, null));

  @Test
  void writesTheSameBytes() throws ProtocolException {
    for (int count = 0; count <= Limits.FRAME_DESCRIPTORS; count++) {
      ToWorker.Offer offer = offer(count);
      byte[] bytes = FastOffer.encode(offer);
      assertArrayEquals(Codec.encodeAny(offer), bytes);
      assertEquals(offer, FastCodec.decode(bytes));
      assertEquals(offer, Codec.decodeAny(bytes, ToWorker.class));
    }
  }

  @Test
  void leavesOtherTextsToTheLongWay() throws ProtocolException {
    for (String name : List.of("a\"b", "a\\b", "\u00fc", "a\nb", "\ud83d\ude00", "a\u007fb")) {
      ToWorker.Offer offer = new ToWorker.Offer(1, List.of(Descriptor.file(name, "read")));
      assertNull(FastOffer.encode(offer));
      byte[] bytes = Codec.encode(offer);
      assertEquals(offer, Codec.decode(bytes, ToWorker.class));
    }
    assertNull(FastOffer.encode(new ToWorker.Offer(-1, List.of())));
  }

  @Test
  void leavesOtherShapesToTheLongWay() {
    String offer = new String(FastOffer.encode(offer(2)), StandardCharsets.US_ASCII);
    assertNotNull(decode(offer));
    assertNull(decode(offer + " "));
    assertNull(decode(offer.replace("\"id\":7", "\"id\":07")));
    assertNull(decode(offer.replace("\"id\":7", "\"id\":-7")));
    assertNull(decode(offer.replace("}]", "},]")));
    assertNull(decode(offer.replace("},{", "}{")));
    assertNull(decode(offer.replace("\"shared\"", "null")));
    assertNull(decode(offer.replace("\"use\"", "\"other\"")));
    for (int length = 0; length < offer.length(); length++) {
      assertNull(decode(offer.substring(0, length)));
    }
  }

  @Test
  void whatItAcceptsTheLongWayReadsAlike() throws ProtocolException {
    Random random = new Random(17);
    byte[] telling = "{}[]\",:0-\\ aefilmnrsu".getBytes(StandardCharsets.US_ASCII);
    int accepted = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = FastOffer.encode(offer(1 + random.nextInt(4)));
      for (int n = random.nextInt(3); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = telling[random.nextInt(telling.length)];
      }
      Message message = FastCodec.decode(bytes);
      if (message != null) {
        assertEquals(Codec.decodeAny(bytes, ToWorker.class), message);
        accepted++;
      }
    }
    assertTrue(accepted > 0, "no change was accepted, so nothing was compared");
  }

  private static Message decode(String text) {
    return FastCodec.decode(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static ToWorker.Offer offer(int count) {
    List<Descriptor> fds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fds.add(KINDS.get(i % KINDS.size()));
    }
    return new ToWorker.Offer(7, fds);
  }
}
