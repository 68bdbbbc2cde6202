package dev.baton.channel;

import dev.baton.fd.FdBag;
import dev.baton.protocol.Message;

/**
 * A message with its descriptors, whose number and order agree with {@link Message#fds()}. Closing
 * it closes those that were not taken.
 */
public record Received<M extends Message>(M message, FdBag fds) implements AutoCloseable {
  @Override
  public void close() {
    fds.close();
  }
}
