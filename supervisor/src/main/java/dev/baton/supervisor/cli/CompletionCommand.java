package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Print the completion of commands and options for a shell.",
    footer = {
      "",
      "bash: source <(bin/baton completion bash)",
      "zsh:  source <(bin/baton completion zsh)"
    })
final class CompletionCommand implements Callable<Integer> {
  /** What the generated script needs of a zsh, in which nobody may have set it up. */
  private static final String ZSH_HEAD =
      "autoload -Uz compinit bashcompinit\n"
          + "(( $+functions[compdef] )) || compinit\n"
          + "bashcompinit\n";

  private final CliContext context;
  private final Supplier<CommandLine> all;

  @Parameters(index = "0", paramLabel = "bash|zsh", description = "The shell.")
  private String shell;

  @Mixin private HelpOption help;
  @Spec private CommandSpec spec;

  /**
   * @param all every command
   */
  CompletionCommand(CliContext context, Supplier<CommandLine> all) {
    this.context = context;
    this.all = all;
  }

  @Override
  public Integer call() {
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "'" + shell + "' is no shell that is known, allowed: bash or zsh");
    }
    context.out().print(shell.equals("zsh") ? ZSH_HEAD : "");
    context.out().print(AutoComplete.bash("baton", all.get().setCommandName("baton")));
    return ExitCode.DONE;
  }
}
