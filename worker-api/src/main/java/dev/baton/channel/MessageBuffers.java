package dev.baton.channel;

import dev.baton.protocol.Limits;
import dev.baton.sys.MessageBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The native memory of all sockets' frames in one direction, 64 KiB, of which a thread that sends
 * or receives has a piece for the time of the call. With one of its own for each socket a thousand
 * workers would take 128 MiB of their supervisor, which has less. As many pieces are kept as
 * threads have met in their calls, up to a few, so that none is made anew for long. Thread-safe;
 * allocates nothing then.
 */
final class MessageBuffers {
  static final MessageBuffers OUT = new MessageBuffers();
  static final MessageBuffers IN = new MessageBuffers();

  /** More threads than a supervisor of many dispatching pools has in calls at once. */
  private static final int MOST_KEPT = 16;

  private final AtomicReferenceArray<MessageBuffer> kept = new AtomicReferenceArray<>(MOST_KEPT);

  private MessageBuffers() {}

  /** A buffer with anything in it; to be given back. */
  MessageBuffer take() {
    for (int i = 0; i < MOST_KEPT; i++) {
      MessageBuffer buffer = kept.get(i) == null ? null : kept.getAndSet(i, null);
      if (buffer != null) {
        return buffer;
      }
    }
    return new MessageBuffer(Limits.FRAME_BYTES, Limits.FRAME_DESCRIPTORS);
  }

  void giveBack(MessageBuffer buffer) {
    for (int i = 0; i < MOST_KEPT; i++) {
      if (kept.compareAndSet(i, null, buffer)) {
        return;
      }
    }
  }
}
