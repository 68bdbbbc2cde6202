package dev.baton.protocol;

import java.util.List;

/**
 * One message: one JSON object with a {@code type}, beside which a frame may carry descriptors.
 * Unknown fields are ignored; a missing required one makes the message bad.
 */
public sealed interface Message permits ToWorker, ToSupervisor {
  /** What the descriptors beside the frame are, in order; empty when none may come. */
  default List<Descriptor> fds() {
    return List.of();
  }
}
