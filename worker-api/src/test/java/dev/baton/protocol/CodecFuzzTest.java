package dev.baton.protocol;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Bytes are hostile: the outcome is a message or a ProtocolException, whatever they are. */
class CodecFuzzTest {
  @Property(tries = 2000)
  void randomBytes(@ForAll @Size(max = 200) byte[] bytes) {
    decode(bytes);
  }

  @Property(tries = 5000)
  void mutatedMessages(
      @ForAll @IntRange(max = 1_000_000) int sample,
      @ForAll @IntRange(min = 1, max = 8) int mutations,
      @ForAll long seed) {
    byte[] bytes = Codec.encode(Samples.ALL.get(sample % Samples.ALL.size()));
    Random random = new Random(seed);
    for (int i = 0; i < mutations; i++) {
      bytes = mutate(bytes, random);
    }
    decode(bytes);
  }

  /** Characters that mean something in JSON hit more than random ones. */
  private static final byte[] TELLING = "{}[]\",:0123456789.-+eEtfn\\u\u0000 ".getBytes();

  private static byte[] mutate(byte[] bytes, Random random) {
    if (bytes.length < 2) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    int to = at + random.nextInt(bytes.length - at);
    switch (random.nextInt(5)) {
      case 0:
        byte[] changed = bytes.clone();
        changed[at] = TELLING[random.nextInt(TELLING.length)];
        return changed;
      case 1:
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
      case 2: // cut a piece out
        return join(bytes, at, bytes, to);
      case 3: // say a piece twice
        return join(bytes, to, bytes, at);
      default: // go on as another message
        byte[] other = Codec.encode(Samples.ALL.get(random.nextInt(Samples.ALL.size())));
        return join(bytes, at, other, random.nextInt(other.length));
    }
  }

  private static byte[] join(byte[] head, int length, byte[] tail, int from) {
    byte[] joined = new byte[length + tail.length - from];
    System.arraycopy(head, 0, joined, 0, length);
    System.arraycopy(tail, from, joined, length, tail.length - from);
    return joined;
  }

  /** What was decoded can also be answered, printed and sent on. */
  private static void decode(byte[] bytes) {
    for (Class<? extends Message> direction : List.of(ToWorker.class, ToSupervisor.class)) {
      try {
        Message message = Codec.decode(bytes, direction);
        Codec.encode(message);
        assert !message.toString().isEmpty();
      } catch (UnknownTypeException e) {
        Codec.encode(e.reply());
      } catch (ProtocolException e) {
        assert !e.getMessage().isEmpty();
      }
    }
  }
}
