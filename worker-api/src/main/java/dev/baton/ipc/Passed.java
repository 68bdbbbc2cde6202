package dev.baton.ipc;

import dev.baton.fd.OwnedFd;

/**
 * What came through a {@link DescriptorSocket}: a descriptor, or a refusal. Closing it closes a
 * descriptor that was not taken.
 */
public final class Passed implements AutoCloseable {
  private final int code;
  private final String text;
  private final OwnedFd descriptor;

  Passed(int code, String text, OwnedFd descriptor) {
    this.code = code;
    this.text = text;
    this.descriptor = descriptor;
  }

  /** Whether no descriptor came. */
  public boolean refused() {
    return code != 0;
  }

  /** Why none came, 1 to 255; 0 where one came. */
  public int code() {
    return code;
  }

  /** The sender's text, maybe empty. */
  public String text() {
    return text;
  }

  /**
   * Moves the descriptor out (what {@code recv_fd} returns).
   *
   * @throws RefusedException when none came
   */
  public OwnedFd take() throws RefusedException {
    if (refused()) {
      throw new RefusedException(code, text);
    }
    return descriptor.take(text.isEmpty() ? "passed" : "passed:" + text);
  }

  @Override
  public void close() {
    if (descriptor != null) {
      descriptor.close();
    }
  }

  @Override
  public String toString() {
    return refused() ? "refused with code " + code + ": " + text : descriptor + " " + text;
  }
}
