package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.Verdict;
import java.util.function.Consumer;

/** What a command that waits for a rollout tells its user. */
final class RolloutReport {
  private RolloutReport() {}

  /** A line at a time, at once: somebody watches. */
  static Consumer<String> progress(CliContext context, String pool) {
    return line -> {
      context.out().println(pool + ": " + line);
      context.out().flush();
    };
  }

  /** The end of it; returns the exit code. */
  static int verdict(CliContext context, String pool, Verdict verdict) {
    if (verdict.done()) {
      context.out().println(pool + ": " + verdict.text());
      return ExitCode.DONE;
    }
    context.complain(pool + ": rolled back: " + verdict.text());
    verdict.end().ifPresent(end -> context.err().println(end.worker() + " " + end.circumstances()));
    if (!verdict.logTail().isEmpty()) {
      context.err().println("the last lines of the failed worker's log:");
      verdict.logTail().forEach(line -> context.err().println("    " + line));
    }
    return ExitCode.REFUSED;
  }
}
