package dev.baton.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The {@code offer} message without a JSON tree, which for many descriptors would take longer than
 * their way through the kernel. As with {@link FastCodec}, whatever differs by one byte from what
 * {@link #encode} writes is left to {@link Codec}'s other way. Pure.
 */
final class FastOffer {
  /** How it begins. */
  static final byte[] HEAD = ascii("{\"type\":\"offer\",\"id\":");

  private static final byte[] FDS = ascii(",\"fds\":[");
  private static final byte[] COMMA = ascii(",");
  private static final byte[] END_OF_LIST = ascii("]");
  private static final byte[] END_OF_OBJECT = ascii("}");
  private static final byte[] NAME = ascii(",\"name\":");
  private static final byte[] ADDRESS = ascii(",\"address\":");
  private static final byte[] MODE = ascii(",\"mode\":");
  private static final byte[] ACCESS = ascii(",\"access\":");
  private static final Descriptor.Kind[] KINDS = Descriptor.Kind.values();
  private static final byte[][] KIND = {
    ascii("{\"kind\":\"listener\""),
    ascii("{\"kind\":\"file\""),
    ascii("{\"kind\":\"connection\""),
    ascii("{\"kind\":\"payload\"")
  };
  private static final Descriptor.Purpose[] PURPOSES = Descriptor.Purpose.values();
  private static final byte[][] PURPOSE = {
    ascii(",\"purpose\":\"use\""), ascii(",\"purpose\":\"custody\"")
  };

  private byte[] bytes = new byte[1024];
  private int at;
  private boolean plain = true;

  private FastOffer() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The message's bytes; null when a text in it is not plain ASCII. */
  static byte[] encode(ToWorker.Offer offer) {
    return offer.id() < 0 ? null : new FastOffer().write(offer);
  }

  private byte[] write(ToWorker.Offer offer) {
    put(HEAD);
    reserve(Decimal.MAX_DIGITS);
    at = Decimal.write(offer.id(), bytes, at);
    put(FDS);
    for (int i = 0; i < offer.fds().size(); i++) {
      if (i > 0) {
        put(COMMA);
      }
      put(offer.fds().get(i));
    }
    put(END_OF_LIST);
    put(END_OF_OBJECT);
    return plain ? Arrays.copyOf(bytes, at) : null;
  }

  private void put(Descriptor fd) {
    put(KIND[fd.kind().ordinal()]);
    put(NAME, fd.name());
    put(PURPOSE[fd.purpose().ordinal()]);
    put(ADDRESS, fd.address());
    put(MODE, fd.mode());
    put(ACCESS, fd.access());
    put(END_OF_OBJECT);
  }

  private void put(byte[] part) {
    reserve(part.length);
    System.arraycopy(part, 0, bytes, at, part.length);
    at += part.length;
  }

  /** Nothing for an absent value. */
  private void put(byte[] field, String value) {
    if (value == null) {
      return;
    }
    put(field);
    reserve(value.length() + 2);
    bytes[at++] = '"';
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      plain &= c < 0x7f && FastScanner.plain((byte) c);
      bytes[at++] = (byte) c;
    }
    bytes[at++] = '"';
  }

  private void reserve(int more) {
    if (bytes.length - at < more) {
      bytes = Arrays.copyOf(bytes, 2 * (at + more));
    }
  }

  /** What follows {@link #HEAD}; null when it is not exactly of that shape. */
  static Message decode(FastScanner in) {
    long id = in.number();
    if (id < 0 || !in.literal(FDS)) {
      return null;
    }
    List<Descriptor> fds = new ArrayList<>();
    if (!in.literal(END_OF_LIST)) {
      do {
        Descriptor fd = descriptor(in);
        if (fd == null) {
          return null;
        }
        fds.add(fd);
      } while (in.literal(COMMA));
      if (!in.literal(END_OF_LIST)) {
        return null;
      }
    }
    return in.end('}') ? new ToWorker.Offer(id, fds) : null;
  }

  private static Descriptor descriptor(FastScanner in) {
    int kind = oneOf(in, KIND);
    String name = kind >= 0 && in.literal(NAME) ? in.text() : null;
    int purpose = name == null ? -1 : oneOf(in, PURPOSE);
    if (purpose < 0) {
      return null;
    }
    // A value that is no plain text leaves its name behind, and then no brace follows.
    String address = in.literal(ADDRESS) ? in.text() : null;
    String mode = in.literal(MODE) ? in.text() : null;
    String access = in.literal(ACCESS) ? in.text() : null;
    return in.literal(END_OF_OBJECT)
        ? new Descriptor(KINDS[kind], name, PURPOSES[purpose], address, mode, access)
        : null;
  }

  private static int oneOf(FastScanner in, byte[][] literals) {
    for (int i = 0; i < literals.length; i++) {
      if (in.literal(literals[i])) {
        return i;
      }
    }
    return -1;
  }
}
