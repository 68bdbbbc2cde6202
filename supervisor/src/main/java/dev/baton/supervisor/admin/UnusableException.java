package dev.baton.supervisor.admin;

import java.util.List;

/** The configuration cannot be used; the message is all problems, one per line. */
public final class UnusableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean configuration;

  /**
   * A failure.
   *
   * @param configuration whether the file is wrong; else a listener or file cannot be had
   */
  public UnusableException(boolean configuration, List<String> problems) {
    super(String.join("\n", problems));
    this.configuration = configuration;
  }

  ErrorView view() {
    return configuration
        ? new ErrorView(422, ErrorView.CONFIGURATION, getMessage())
        : new ErrorView(503, ErrorView.UNAVAILABLE, getMessage());
  }
}
