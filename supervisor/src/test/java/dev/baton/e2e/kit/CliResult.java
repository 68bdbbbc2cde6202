package dev.baton.e2e.kit;

import java.util.List;

/**
 * How a command of {@code bin/baton} ended.
 *
 * @param command the command line
 * @param exit its exit status
 * @param stdout what it wrote to its output
 * @param stderr what it wrote to its error output
 */
public record CliResult(List<String> command, int exit, String stdout, String stderr) {

  /**
   * This result, if the exit status is as expected; otherwise an {@link AssertionError} that shows
   * everything.
   */
  public CliResult expect(int status) {
    if (exit != status) {
      throw new AssertionError("expected exit status " + status + " of\n" + this);
    }
    return this;
  }

  @Override
  public String toString() {
    return String.join(" ", command)
        + "\nexit status "
        + exit
        + "\n--- stdout\n"
        + stdout
        + "\n--- stderr\n"
        + stderr;
  }
}
