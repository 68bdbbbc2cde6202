package dev.baton.supervisor.store;

import java.util.List;

/** A class path that cannot be copied; each line names its entry as configured. */
public final class ReleaseException extends Exception {
  private static final long serialVersionUID = 1L;

  ReleaseException(List<String> problems) {
    super(String.join("\n", problems));
  }

  /** One problem. */
  public ReleaseException(String problem) {
    super(problem);
  }

  ReleaseException(String problem, Throwable cause) {
    super(problem, cause);
  }
}
