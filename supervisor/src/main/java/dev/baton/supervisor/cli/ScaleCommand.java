package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ScaleView;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "scale", description = "Set how many workers a pool has.")
final class ScaleCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Parameters(
      index = "1",
      paramLabel = "N|+N|-N",
      description = "The number of workers, or the change of it; the result is 0 to 1000.")
  private String workers;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  ScaleCommand(CliContext context) {
    this.context = context;
  }

  private CommandSpec spec;

  /** Lets "-1" be a number; anything else that starts with a dash is refused in {@link #call}. */
  @Spec
  void spec(CommandSpec own) {
    own.parser().unmatchedOptionsArePositionalParams(true);
    spec = own;
  }

  @Override
  public Integer call() {
    if (pool.startsWith("-")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "Unknown option: '" + pool + "'");
    }
    if (!workers.matches("[+-]?[0-9]{1,6}")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "the number of workers is '" + workers + "', allowed: N, +N or -N, such as 3 or +1");
    }
    ScaleView view = instance.client(context).scale(pool, workers);
    context.out().println(view.pool() + ": " + view.before() + " -> " + view.after() + " workers");
    return ExitCode.DONE;
  }
}
