package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ResetView;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "reset", description = "Start slots again that have failed or wait.")
final class ResetCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL[/SLOT]", description = "The pool, or one slot of it.")
  private String what;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;
  @Spec private CommandSpec spec;

  ResetCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    int slash = what.indexOf('/');
    String pool = slash < 0 ? what : what.substring(0, slash);
    String slot = slash < 0 ? "" : what.substring(slash + 1);
    if (slash >= 0 && !slot.matches("[0-9]{1,3}")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "'" + what + "' is no slot, allowed: POOL or POOL/SLOT, such as shop/0");
    }
    OptionalInt one = slash < 0 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(slot));
    ResetView view = instance.client(context).reset(pool, one);
    String slots =
        view.slots().stream().map(s -> view.pool() + "/" + s).collect(Collectors.joining(", "));
    context.out().println(slots.isEmpty() ? view.pool() + ": nothing to reset" : slots + ": reset");
    return ExitCode.DONE;
  }
}
