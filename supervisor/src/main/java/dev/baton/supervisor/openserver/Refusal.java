package dev.baton.supervisor.openserver;

import dev.baton.protocol.ErrorCode;
import dev.baton.sys.Errno;
import dev.baton.sys.SysException;

/** A request is not granted; without a stack trace, since it is no failure of ours. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  Refusal(ErrorCode code, String text) {
    super(text, null, false, false);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }

  static Refusal badRequest(String text) {
    return new Refusal(ErrorCode.BAD_REQUEST, text);
  }

  static Refusal notAllowed(String text) {
    return new Refusal(ErrorCode.NOT_ALLOWED, text);
  }

  /** The supervisor's last descriptors are kept for itself. */
  static Refusal scarce() {
    return new Refusal(ErrorCode.BUSY, "the supervisor has too few descriptors left");
  }

  /** What the kernel said; the text begins with the name of its error. */
  static Refusal of(SysException e) {
    return of(e, "");
  }

  /**
   * What the kernel said, and about what.
   *
   * @param more a further half sentence, or empty
   */
  static Refusal of(SysException e, String more) {
    ErrorCode code =
        switch (e.errno()) {
          case ENOENT -> ErrorCode.NOT_FOUND;
          case EEXIST -> ErrorCode.EXISTS;
          case EAGAIN -> ErrorCode.BUSY;
          case ENAMETOOLONG -> ErrorCode.BAD_REQUEST;
          default -> ErrorCode.SYSTEM;
        };
    return new Refusal(code, Errno.describe(e.number()) + (more.isEmpty() ? "" : ": " + more));
  }
}
