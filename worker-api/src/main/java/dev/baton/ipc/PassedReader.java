package dev.baton.ipc;

import dev.baton.fd.OwnedFd;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Finds the messages of a {@link DescriptorSocket} in what was read. A stream may join messages and
 * cut them anywhere, but a descriptor never comes later than the first byte it was sent with, and a
 * read stops behind it ({@code unix(7)}): so they are matched in order. Not thread-safe.
 */
final class PassedReader implements AutoCloseable {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final Deque<OwnedFd> descriptors = new ArrayDeque<>();
  private final Deque<Passed> ready = new ArrayDeque<>();
  private boolean closed;
  private boolean atCode;

  Optional<Passed> next() {
    return Optional.ofNullable(ready.poll());
  }

  /** Adds a descriptor that came with the bytes that are added next. */
  void add(OwnedFd descriptor) {
    if (closed) {
      descriptor.close();
    } else {
      descriptors.add(descriptor);
    }
  }

  /**
   * Adds what was read.
   *
   * @throws ProtocolException when it cannot be messages; then all descriptors are closed
   */
  void add(byte[] bytes) throws ProtocolException {
    for (byte b : bytes) {
      if (atCode) {
        finish(b & 0xff);
      } else if (b == 0) {
        atCode = true;
      } else if (text.size() == DescriptorSocket.MAX_TEXT) {
        throw fail("a text has more than " + DescriptorSocket.MAX_TEXT + " bytes");
      } else {
        text.write(b);
      }
    }
    boolean within = atCode || text.size() > 0;
    if (descriptors.size() > (within ? 1 : 0)) {
      throw fail("more descriptors came than messages for them");
    }
  }

  private void finish(int code) throws ProtocolException {
    OwnedFd descriptor = code == 0 ? descriptors.poll() : null;
    if (code == 0 && descriptor == null) {
      throw fail("a message of a descriptor came without one");
    }
    ready.add(new Passed(code, text.toString(StandardCharsets.UTF_8), descriptor));
    text.reset();
    atCode = false;
  }

  /** The peer has closed its end. */
  void end() throws ProtocolException {
    if (atCode || text.size() > 0) {
      throw fail("it ended in the middle of one");
    }
  }

  private ProtocolException fail(String why) {
    close();
    return broken(why);
  }

  static ProtocolException broken(String why) {
    return new ProtocolException("what came is no message of descriptors: " + why);
  }

  @Override
  public void close() {
    closed = true;
    descriptors.forEach(OwnedFd::close);
    descriptors.clear();
    ready.forEach(Passed::close);
    ready.clear();
  }
}
