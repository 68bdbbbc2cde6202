package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "resume", description = "Let a paused or held rollout go on.")
final class ResumeCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  ResumeCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    instance.client(context).steer(pool, "resume");
    context.out().println(pool + ": the rollout goes on");
    return ExitCode.DONE;
  }
}
