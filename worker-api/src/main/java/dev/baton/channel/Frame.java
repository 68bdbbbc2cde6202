package dev.baton.channel;

import dev.baton.fd.FdBag;

/**
 * One received frame. It owns the descriptors that came with it; closing it closes those that were
 * not taken.
 */
public final class Frame implements AutoCloseable {
  static final Frame END = new Frame(new byte[0], FdBag.EMPTY);

  private final byte[] payload;
  private FdBag fds;

  Frame(byte[] payload, FdBag fds) {
    this.payload = payload;
    this.fds = fds;
  }

  /** Whether the peer has closed its end and everything it had sent was read. */
  public boolean end() {
    return payload.length == 0;
  }

  /** The bytes of the message. */
  public byte[] payload() {
    return payload;
  }

  /** The descriptors that came with it, in order. */
  public FdBag fds() {
    return fds;
  }

  /** Moves all of them out. */
  FdBag takeAll() {
    FdBag all = fds;
    fds = FdBag.EMPTY;
    return all;
  }

  @Override
  public void close() {
    fds.close();
  }
}
