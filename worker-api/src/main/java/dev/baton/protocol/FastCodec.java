package dev.baton.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The messages of which every connection makes one or a share of one, without a JSON tree: {@code
 * connection} as {@link ConnectionFrame} writes it, and {@code claim}, {@code refuse} and {@code
 * closed} of connections as {@link #encode} does. Whatever differs by one byte is left to {@link
 * Codec}'s other way, so nothing is accepted here that it would refuse. Pure.
 */
final class FastCodec {
  static final byte[] CONNECTION = ascii("{\"type\":\"connection\",\"connection\":");
  static final byte[] LISTENER = ascii(",\"listener\":");
  static final byte[] FDS = ascii(",\"fds\":[{\"kind\":\"connection\",\"name\":");
  static final byte[] PEER = ascii(",\"purpose\":\"use\"}],\"peer\":");
  static final byte[] NO_PEER = ascii("null");

  private static final byte[] CLAIM = ascii("{\"type\":\"claim\",\"names\":[],\"connections\":[");
  private static final byte[] REFUSE = ascii("{\"type\":\"refuse\",\"connections\":[");
  private static final byte[] CLOSED = ascii("{\"type\":\"closed\",\"connections\":[");

  private FastCodec() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The message's bytes; null when it is none of those. */
  static byte[] encode(Message message) {
    if (message instanceof ToSupervisor.Claim claim) {
      return claim.names().isEmpty() ? list(CLAIM, claim.connections()) : null;
    } else if (message instanceof ToSupervisor.Closed closed) {
      return list(CLOSED, closed.connections());
    } else if (message instanceof ToSupervisor.Refuse refuse) {
      return list(REFUSE, refuse.connections());
    } else if (message instanceof ToWorker.Offer offer) {
      return FastOffer.encode(offer);
    }
    return null;
  }

  private static byte[] list(byte[] head, Numbers numbers) {
    int length = head.length + 2 + Math.max(0, numbers.size() - 1);
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.at(i) < 0) {
        return null;
      }
      length += Decimal.length(numbers.at(i));
    }
    byte[] bytes = new byte[length];
    System.arraycopy(head, 0, bytes, 0, head.length);
    int at = head.length;
    for (int i = 0; i < numbers.size(); i++) {
      if (i > 0) {
        bytes[at++] = ',';
      }
      at = Decimal.write(numbers.at(i), bytes, at);
    }
    bytes[at++] = ']';
    bytes[at] = '}';
    return bytes;
  }

  /** The message; null when the bytes are not exactly of one of those shapes, well or not. */
  static Message decode(byte[] bytes) {
    if (bytes.length > Limits.FRAME_BYTES) {
      return null;
    }
    FastScanner in = new FastScanner(bytes);
    if (in.literal(CONNECTION)) {
      return connection(in);
    } else if (in.literal(CLAIM)) {
      Numbers numbers = in.numbers();
      return numbers == null ? null : new ToSupervisor.Claim(List.of(), numbers);
    } else if (in.literal(CLOSED)) {
      Numbers numbers = in.numbers();
      return numbers == null ? null : new ToSupervisor.Closed(numbers);
    } else if (in.literal(REFUSE)) {
      Numbers numbers = in.numbers();
      return numbers == null ? null : new ToSupervisor.Refuse(numbers);
    } else if (in.literal(FastOffer.HEAD)) {
      return FastOffer.decode(in);
    }
    return null;
  }

  private static Message connection(FastScanner in) {
    in.blanks();
    long number = in.number();
    String listener = number >= 0 && in.literal(LISTENER) ? in.text() : null;
    String name = listener != null && in.literal(FDS) ? in.text() : null;
    if (name == null || !in.literal(PEER)) {
      return null;
    }
    String peer = null;
    if (!in.literal(NO_PEER)) {
      peer = in.text();
      if (peer == null) {
        return null;
      }
    }
    in.blanks();
    if (!in.end('}')) {
      return null;
    }
    Descriptor fd =
        new Descriptor(Descriptor.Kind.CONNECTION, name, Descriptor.Purpose.USE, null, null, null);
    return new ToWorker.Connection(number, listener, peer, List.of(fd));
  }
}
