package dev.baton.supervisor.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "diff", description = "Show what reload would do, and touch nothing.")
final class DiffCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  DiffCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<String> changes = instance.client(context).diff().changes();
    changes.forEach(context.out()::println);
    if (changes.isEmpty()) {
      context.out().println("nothing has changed");
    }
    return ExitCode.DONE;
  }
}
