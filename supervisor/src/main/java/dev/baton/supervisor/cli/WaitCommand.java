package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "wait",
    description = {
      "Follow the rollout under way to its verdict; tell that of the last one when",
      "there is none. A rollout goes on whether or not somebody waits."
    })
final class WaitCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Mixin private RolloutReport report;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  WaitCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return report.verdict(
        context, pool, instance.client(context).awaitRollout(pool, report.progress(context, pool)));
  }
}
