package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "abort", description = "Take the rollout under way back.")
final class AbortCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  AbortCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    instance.client(context).steer(pool, "abort");
    context.out().println(pool + ": the rollout is taken back");
    return ExitCode.DONE;
  }
}
