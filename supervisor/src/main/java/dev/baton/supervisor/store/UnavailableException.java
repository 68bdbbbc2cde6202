package dev.baton.supervisor.store;

import dev.baton.sys.SysException;

/** A listener or file that cannot be had; the message is for the operator. */
final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message) {
    super(message);
  }

  /** A failed system call with what the operator should know about it. */
  UnavailableException(SysException cause, String hint) {
    super(cause.getMessage() + (hint.isEmpty() ? "" : ": " + hint), cause);
  }
}
