package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.StatusView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "stop",
    description = "Stop the supervisor and its workers, and wait until it is gone.")
final class StopCommand implements Callable<Integer> {

  private final CliContext context;

  @Option(names = "--now", description = "Without letting the workers drain.")
  private boolean now;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  StopCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    AdminClient client = instance.client(context);
    StatusView status = client.status();
    RunningProcess supervisor = RunningProcess.of(status.pid());
    client.stop(now);
    context.out().println(now ? "stopping at once" : "stopping: the workers finish what they have");
    context.out().flush();
    client.awaitEnd(supervisor);
    context.out().println(status.name() + " has stopped");
    return ExitCode.DONE;
  }
}
