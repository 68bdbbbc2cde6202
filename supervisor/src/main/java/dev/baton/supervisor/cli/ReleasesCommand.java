package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ReleaseView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "releases", description = "List what a pool runs and has run, the newest last.")
final class ReleasesCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  ReleasesCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<ReleaseView> releases = instance.client(context).releases(pool);
    context.out().printf("%-16s  %-9s  %-20s  %s%n", "RELEASE", "STATE", "SINCE", "FROM");
    for (ReleaseView r : releases) {
      context
          .out()
          .printf(
              "%-16s  %-9s  %-20s  %s%n",
              r.hash(),
              r.state(),
              r.since().replaceAll("\\.[0-9]+Z", "Z"),
              r.source().isEmpty() ? "the configured class path" : r.source());
    }
    return ExitCode.DONE;
  }
}
