package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restart",
    description = "Replace every worker, the new one ready before the old one leaves.",
    customSynopsis = {
      "bin/baton restart POOL... [--surge N|P%] [--canary N] [--hold TIME]",
      "       [--pause-after-canary] [--json] [--conf FILE | --runtime-dir DIR]",
      "       bin/baton restart --all [the same]"
    })
final class RestartCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(paramLabel = "POOL", arity = "0..*", description = "The pools, one after the other.")
  private List<String> pools = new ArrayList<>();

  @Option(names = "--all", description = "All pools, one after the other.")
  private boolean all;

  @Mixin private RolloutOptions how;
  @Mixin private RolloutReport report;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  RestartCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (all != pools.isEmpty()) {
      throw new CliException(ExitCode.USE, "name the pools to restart, or --all (and not both)");
    }
    how.check();
    AdminClient client = instance.client(context);
    StatusView status = client.status();
    Set<String> chosen =
        new LinkedHashSet<>(all ? status.pools().stream().map(PoolView::name).toList() : pools);
    // Before the first rollout, so that a misspelled name does not leave half of the work done.
    for (String pool : chosen) {
      if (status.pool(pool).isEmpty()) {
        throw new CliException(
            ExitCode.USE, "there is no pool " + pool + "; the pools are: " + status.poolNames());
      }
    }
    if (chosen.isEmpty()) {
      context.out().println("there are no pools");
    }
    for (String pool : chosen) {
      int exitCode = restart(client, pool);
      if (exitCode != ExitCode.DONE) {
        return exitCode;
      }
    }
    return ExitCode.DONE;
  }

  private int restart(AdminClient client, String pool) {
    Verdict verdict =
        client.rollout(pool, "restart", how.body(Map.of()), report.progress(context, pool));
    return report.verdict(context, pool, verdict);
  }
}
