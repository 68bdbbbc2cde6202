package dev.baton.supervisor.store;

import java.util.List;

/** Listeners or files that could not be had, with every problem that was found. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /**
   * An exception whose message is all problems, one per line.
   *
   * @param problems at least one; each names its listener or file
   */
  StoreException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, one line each, in the order of the configuration. */
  public List<String> problems() {
    return problems;
  }
}
