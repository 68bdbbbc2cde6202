package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ReleaseJson;
import dev.baton.supervisor.admin.UpgradeView;
import dev.baton.supervisor.admin.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "upgrade",
    description = {
      "Have the supervisor become another version of Baton: same process, same sockets, and its",
      "workers serve on. The other program is tried first; if it cannot take over, or fails while",
      "it does, the one before goes on."
    })
final class UpgradeCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PAUSE_MILLIS = 20;

  /** In an exec the kernel shows the process as a zombie for a moment. */
  private static final Duration CERTAIN = Duration.ofSeconds(1);

  private final CliContext context;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "A distribution or checkout; where it was started from if left out.")
  private Path to;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  UpgradeCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    AdminClient client = instance.client(context);
    RunningProcess supervisor = RunningProcess.of(client.status().pid());
    int before = client.upgraded().number();
    Optional<Verdict> early =
        client.upgrade(
            ReleaseJson.request(
                to == null ? Map.of() : Map.of("to", to.toAbsolutePath().normalize().toString())),
            line -> {
              context.out().println(line);
              context.out().flush();
            });
    Verdict verdict = early.isPresent() ? early.get() : await(client, supervisor, before);
    if (verdict.done()) {
      context.out().println(verdict.text());
      return ExitCode.DONE;
    }
    context.complain(verdict.text());
    verdict.logTail().forEach(line -> context.err().println("  " + line));
    return ExitCode.REFUSED;
  }

  /** It is the other program that tells. */
  private static Verdict await(AdminClient client, RunningProcess supervisor, int before)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long seen = System.nanoTime();
    while (System.nanoTime() < deadline) {
      if (!supervisor.gone()) {
        seen = System.nanoTime();
      } else if (System.nanoTime() - seen > CERTAIN.toNanos()) {
        throw new CliException(
            ExitCode.SYSTEM,
            "the supervisor has ended while it was upgraded; its workers serve on and wait for the"
                + " next one: start it again");
      }
      try {
        UpgradeView last = client.upgraded();
        if (last.number() > before && last.verdict().isPresent()) {
          return last.verdict().get();
        }
      } catch (CliException e) {
        // it does not listen yet
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new CliException(
        ExitCode.SYSTEM,
        "no answer for " + PATIENCE.toSeconds() + " s; see \"bin/baton status\" and the journal");
  }
}
