package dev.baton.channel;

import dev.baton.protocol.Limits;
import dev.baton.sys.MessageBuffer;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The native memory of all sockets' frames in one direction, 64 KiB, of which a thread that sends
 * or receives has a piece for the time of the call. With one of its own for each socket a thousand
 * workers would take 128 MiB of their supervisor, which has less. One piece is kept; where threads
 * meet, the others' are made for their calls. Thread-safe; allocates nothing for one thread.
 */
final class MessageBuffers {
  static final MessageBuffers OUT = new MessageBuffers();
  static final MessageBuffers IN = new MessageBuffers();

  private final AtomicReference<MessageBuffer> kept = new AtomicReference<>();

  private MessageBuffers() {}

  /** A buffer with anything in it; to be given back. */
  MessageBuffer take() {
    MessageBuffer buffer = kept.getAndSet(null);
    return buffer != null
        ? buffer
        : new MessageBuffer(Limits.FRAME_BYTES, Limits.FRAME_DESCRIPTORS);
  }

  void giveBack(MessageBuffer buffer) {
    kept.set(buffer);
  }
}
