package dev.baton.supervisor.cli;

/** The end of a command that has an explanation: its text goes to stderr, without a stack trace. */
final class CliException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CliException(int exitCode, String text) {
    this(exitCode, text, null);
  }

  CliException(int exitCode, String text, Throwable cause) {
    super(text, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
