package dev.baton.worker;

import dev.baton.protocol.ErrorCode;
import java.io.IOException;

/** The supervisor does not open, connect or bind what a worker asked for. */
public final class OpenRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * Made by the SDK, and by tests of a plugin.
   *
   * @param request what was asked for
   * @param reason the supervisor's words, may be empty
   */
  public OpenRefusedException(String request, ErrorCode code, String reason) {
    super(request + " is refused, " + code + (reason.isEmpty() ? "" : ": " + reason));
    this.code = code;
  }

  /**
   * Why, for programs: NOT_ALLOWED by the pool's policy, BUSY where a limit on requests is reached,
   * NOT_FOUND, EXISTS, BAD_REQUEST for a path or address that cannot be, or SYSTEM for any other
   * error of the kernel, whose name the message has; UNKNOWN for a code of a later version.
   */
  public ErrorCode code() {
    return code;
  }

  /** None: it would show a thread of the SDK, and a plugin may be refused very often. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
