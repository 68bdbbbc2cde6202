package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "man",
    description = "Print the manual page of a command, in roff.",
    footer = {"", "bin/baton man restart | man -l -"})
final class ManCommand implements Callable<Integer> {

  private final CliContext context;
  private final Supplier<CommandLine> all;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "The command; baton as a whole if left out.")
  private String command;

  @Mixin private HelpOption help;

  /**
   * @param all every command
   */
  ManCommand(CliContext context, Supplier<CommandLine> all) {
    this.context = context;
    this.all = all;
  }

  @Override
  public Integer call() {
    CommandLine root = all.get();
    CommandLine shown = command == null ? root : root.getSubcommands().get(command);
    if (shown == null) {
      throw new CliException(
          ExitCode.USE,
          "there is no command "
              + command
              + "; there are "
              + String.join(", ", root.getSubcommands().keySet()));
    }
    String name = command == null ? "baton" : "baton-" + command;
    context.out().print(ManPage.of(name, shown.getCommandSpec(), root));
    return ExitCode.DONE;
  }
}
