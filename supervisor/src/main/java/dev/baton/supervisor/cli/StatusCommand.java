package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Show listeners, pools and workers.")
final class StatusCommand implements Callable<Integer> {

  private final CliContext context;

  @Option(names = "--json", description = "One JSON object, for programs.")
  private boolean json;

  @Mixin private ColourOption colour;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  StatusCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Paint paint = new Paint(colour.wanted());
    AdminClient client = instance.client(context);
    if (json) {
      context.out().print(client.statusJson());
    } else {
      context.out().print(StatusTable.of(client.status(), paint));
    }
    return ExitCode.DONE;
  }
}
