package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "pause", description = "Move no further worker in the rollout under way.")
final class PauseCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  PauseCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    instance.client(context).steer(pool, "pause");
    context.out().println(pool + ": the rollout paused");
    return ExitCode.DONE;
  }
}
