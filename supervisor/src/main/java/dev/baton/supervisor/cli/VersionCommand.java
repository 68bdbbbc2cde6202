package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.StatusView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "version",
    description = "Show the version; that of a running supervisor too, if one is named.")
final class VersionCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  VersionCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.out().println("baton " + BatonVersion.current() + " (Java " + Runtime.version() + ")");
    if (instance.named()) {
      StatusView status = instance.client(context).status();
      context
          .out()
          .println(
              "supervisor " + status.name() + ", pid " + status.pid() + ": " + status.version());
    }
    return ExitCode.DONE;
  }
}
