package dev.baton.channel;

import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.Message;
import dev.baton.protocol.ProtocolException;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Messages over a {@link FrameSocket}, with a bounded queue of what the peer has not read yet.
 * Sending never blocks. One thread at a time may send or flush, and one may receive.
 *
 * @param <I> what comes in
 */
public final class MessageChannel<I extends Message> implements AutoCloseable {
  private final Posix posix;
  private final FrameSocket socket;
  private final Class<I> incoming;
  private final Deque<Outgoing> queue = new ArrayDeque<>();
  private int queuedBytes;

  /**
   * A frame that waits; it owns the descriptors it carries. Its size is that of the message, also
   * where the message is in a memfd.
   */
  private record Outgoing(byte[] payload, int size, List<OwnedFd> fds) {
    void close() {
      fds.forEach(OwnedFd::close);
    }
  }

  /** Consumes {@code socket}. */
  public MessageChannel(Posix posix, FrameSocket socket, Class<I> incoming) {
    this.posix = posix;
    this.socket = socket;
    this.incoming = incoming;
  }

  /** Lends the number for registering with a poller. */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return socket.borrow(use);
  }

  /** A duplicate of the channel's descriptor, which the caller closes. */
  public OwnedFd duplicate() throws SysException {
    return socket.duplicate();
  }

  /** Sends a message without descriptors, now or as soon as the peer reads. */
  public void send(Message message) throws IOException, ProtocolException {
    send(message, List.of());
  }

  /**
   * Sends a message, now or as soon as the peer reads. The descriptors are consumed: closed when
   * the kernel has taken them, or when it cannot any more. To lend one, pass a duplicate.
   *
   * @throws ProtocolException OVERFLOW when the peer has not read for too long, TOO_LARGE when the
   *     message cannot be sent at all
   * @throws SysException when the peer is gone
   */
  public void send(Message message, List<OwnedFd> fds) throws IOException, ProtocolException {
    if (fds.size() != message.fds().size()) {
      fds.forEach(OwnedFd::close);
      throw new IllegalArgumentException(
          message + " tells of " + message.fds().size() + " descriptors, given " + fds.size());
    }
    Outgoing frame = frame(message, fds);
    if (queue.isEmpty() && trySend(frame)) {
      return;
    }
    if (queue.size() == Limits.QUEUED_FRAMES || queuedBytes + frame.size() > Limits.QUEUED_BYTES) {
      frame.close();
      throw new ProtocolException(
          ErrorCode.OVERFLOW, "does not read its channel: " + queue.size() + " messages wait");
    }
    queue.add(frame);
    queuedBytes += frame.size();
  }

  /**
   * Sends what waits.
   *
   * @return whether nothing is left
   */
  public boolean flush() throws IOException {
    while (!queue.isEmpty()) {
      if (!trySend(queue.peek())) {
        return false;
      }
      queuedBytes -= queue.remove().size();
    }
    return true;
  }

  /** Drops what waits for the peer to read; for one who puts another peer in its place. */
  public void forget() {
    queue.forEach(Outgoing::close);
    queue.clear();
    queuedBytes = 0;
  }

  /** Whether messages wait for the peer to read. */
  public boolean pending() {
    return !queue.isEmpty();
  }

  /** How many messages wait for the peer to read. */
  public int queued() {
    return queue.size();
  }

  /** True when the frame is gone; its descriptors are then closed, also when the call failed. */
  private boolean trySend(Outgoing frame) throws SysException {
    boolean sent = false;
    boolean failed = true;
    try {
      sent = socket.send(frame.payload(), frame.fds());
      failed = false;
      return sent;
    } finally {
      if (sent || failed) {
        frame.close();
      }
    }
  }

  /** A large message leaves its JSON in a memfd, which travels before the message's own. */
  private Outgoing frame(Message message, List<OwnedFd> fds)
      throws SysException, ProtocolException {
    boolean done = false;
    try {
      byte[] json = Codec.encode(message);
      boolean large = json.length > Limits.FRAME_BYTES;
      int room = Limits.FRAME_DESCRIPTORS - (large ? 1 : 0);
      if (json.length > Limits.MESSAGE_BYTES || fds.size() > room) {
        throw new ProtocolException(
            ErrorCode.TOO_LARGE, json.length + " bytes, " + fds.size() + " descriptors");
      }
      Outgoing frame = large ? large(json, fds) : new Outgoing(json, json.length, List.copyOf(fds));
      done = true;
      return frame;
    } finally {
      if (!done) {
        fds.forEach(OwnedFd::close);
      }
    }
  }

  private Outgoing large(byte[] json, List<OwnedFd> fds) throws SysException {
    List<OwnedFd> all = new ArrayList<>();
    all.add(Memfd.write(posix, json));
    all.addAll(fds);
    return new Outgoing(Envelope.bytes(), json.length, List.copyOf(all));
  }

  /**
   * Receives one message.
   *
   * @param wait whether to wait for one
   * @return empty when there is none now
   * @throws EndOfChannel when the peer has gone and everything it sent was read
   * @throws ProtocolException for anything that is no message; the descriptors that came are closed
   */
  public Optional<Received<I>> receive(boolean wait) throws IOException, ProtocolException {
    Optional<Frame> received = socket.receive(wait);
    if (received.isEmpty()) {
      return Optional.empty();
    }
    try (Frame frame = received.get()) {
      if (frame.end()) {
        throw new EndOfChannel();
      }
      return Optional.of(decode(frame));
    }
  }

  private Received<I> decode(Frame frame) throws IOException, ProtocolException {
    boolean large = Envelope.is(frame.payload());
    if (large && frame.fds().size() == 0) {
      throw new ProtocolException(ErrorCode.DESCRIPTORS, "a large message without its payload");
    }
    byte[] json = large ? Memfd.read(posix, frame.fds().get(0)) : frame.payload();
    I message = Codec.decode(json, incoming);
    int came = frame.fds().size() - (large ? 1 : 0);
    List<Descriptor> announced = message.fds();
    if (came != announced.size()) {
      throw new ProtocolException(
          ErrorCode.DESCRIPTORS,
          "a message tells of " + announced.size() + " descriptors and brought " + came);
    }
    if (large) {
      frame.fds().remove(0).close();
    }
    for (int i = 0; i < came; i++) {
      frame.fds().relabel(i, announced.get(i).label());
    }
    return new Received<>(message, frame.takeAll());
  }

  /** Closes the socket and every descriptor that still waits. */
  @Override
  public void close() {
    queue.forEach(Outgoing::close);
    queue.clear();
    queuedBytes = 0;
    socket.close();
  }
}
