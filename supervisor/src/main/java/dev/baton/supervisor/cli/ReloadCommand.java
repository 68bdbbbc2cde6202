package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.Verdict;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reload",
    description = "Read the configuration again and change what differs; a bad file does nothing.")
final class ReloadCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  ReloadCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Verdict verdict =
        instance
            .client(context)
            .reload(
                line -> {
                  context.out().println(line);
                  context.out().flush();
                });
    if (verdict.done()) {
      context.out().println(verdict.text());
      return ExitCode.DONE;
    }
    context.complain(verdict.text());
    return ExitCode.REFUSED;
  }
}
