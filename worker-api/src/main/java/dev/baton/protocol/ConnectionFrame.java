package dev.baton.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The {@code connection} message of one listener, of fixed shape and length: the number and the
 * client's address are written into the same bytes for every connection, padded with blanks outside
 * of the values, so that a hand-off allocates nothing. Not thread-safe.
 */
public final class ConnectionFrame {
  /** The most bytes of a client's address. */
  public static final int PEER_MAX = 64;

  private static final int PEER_ROOM = PEER_MAX + 2; // its quotes

  private final byte[] bytes;
  private final int numberAt;
  private final int peerAt;

  /**
   * @param listener the listener's name
   * @throws IllegalArgumentException when the frame would have more than {@link
   *     Limits#CONNECTION_FRAME_BYTES}
   */
  public ConnectionFrame(String listener) {
    byte[] name = Codec.bytes(listener);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(FastCodec.CONNECTION);
    numberAt = frame.size();
    frame.writeBytes(new byte[Decimal.MAX_DIGITS]);
    frame.writeBytes(FastCodec.LISTENER);
    frame.writeBytes(name);
    frame.writeBytes(FastCodec.FDS);
    frame.writeBytes(name);
    frame.writeBytes(FastCodec.PEER);
    peerAt = frame.size();
    frame.writeBytes(new byte[PEER_ROOM]);
    frame.write('}');
    bytes = frame.toByteArray();
    if (bytes.length > Limits.CONNECTION_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "a frame of " + bytes.length + " bytes for listener " + Limits.text(listener));
    }
    fill(0, bytes, 0);
  }

  /**
   * Writes one connection into {@link #bytes}.
   *
   * @param connection its number, not negative
   * @param peerText the client's address, in printable ASCII without quotes and backslashes
   * @param peerLength bytes of it, at most {@link #PEER_MAX}; 0 when the client has none
   * @return the length of the frame, always {@link #length}
   * @throws IllegalArgumentException for any other; the frame is then to be filled again
   */
  public int fill(long connection, byte[] peerText, int peerLength) {
    if (connection < 0 || peerLength < 0 || peerLength > PEER_MAX) {
      throw new IllegalArgumentException(
          "connection " + connection + " with " + peerLength + " bytes of client address");
    }
    int digitsAt = Decimal.writeBefore(connection, bytes, numberAt + Decimal.MAX_DIGITS);
    Arrays.fill(bytes, numberAt, digitsAt, (byte) ' ');
    int end = peerLength == 0 ? noPeer() : peer(peerText, peerLength);
    Arrays.fill(bytes, end, peerAt + PEER_ROOM, (byte) ' ');
    return bytes.length;
  }

  private int noPeer() {
    System.arraycopy(FastCodec.NO_PEER, 0, bytes, peerAt, FastCodec.NO_PEER.length);
    return peerAt + FastCodec.NO_PEER.length;
  }

  private int peer(byte[] text, int length) {
    int at = peerAt;
    bytes[at++] = '"';
    for (int i = 0; i < length; i++) {
      if (!FastScanner.plain(text[i])) {
        throw new IllegalArgumentException("byte " + text[i] + " in a client address");
      }
      bytes[at++] = text[i];
    }
    bytes[at++] = '"';
    return at;
  }

  /** The frame as last filled: the same array every time. */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes of the frame. */
  public int length() {
    return bytes.length;
  }
}
