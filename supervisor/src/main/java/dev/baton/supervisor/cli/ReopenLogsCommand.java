package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ReopenView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reopen-logs",
    description = "Have the workers' logs opened anew, after they were moved away.")
final class ReopenLogsCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  ReopenLogsCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ReopenView view = instance.client(context).reopenLogs();
    view.problems().forEach(context::complain);
    context.out().println("reopened: " + view.reopened());
    return view.problems().isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
  }
}
