package dev.baton.supervisor.store;

/** A runtime directory that cannot be used; the message tells the operator why. */
public final class RuntimeDirectoryException extends Exception {
  private static final long serialVersionUID = 1L;

  RuntimeDirectoryException(String message) {
    super(message);
  }

  RuntimeDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
