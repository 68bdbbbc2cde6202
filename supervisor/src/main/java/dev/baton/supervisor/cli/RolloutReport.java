package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ReleaseJson;
import dev.baton.supervisor.admin.Verdict;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** What a command that waits for a rollout tells its user, and the option for programs. */
final class RolloutReport {
  @Option(names = "--json", description = "A JSON object a line, for programs.")
  private boolean json;

  /** A line at a time, at once: somebody watches. */
  Consumer<String> progress(CliContext context, String pool) {
    return line -> {
      context.out().println(json ? ReleaseJson.progress(pool, line) : pool + ": " + line);
      context.out().flush();
    };
  }

  /** The end of it; returns the exit code. */
  int verdict(CliContext context, String pool, Verdict verdict) {
    if (json) {
      context.out().println(ReleaseJson.verdict(pool, verdict));
      return verdict.done() ? ExitCode.DONE : ExitCode.REFUSED;
    }
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
