package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ResetView;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
    PlaceParameter place = PlaceParameter.of(what, spec);
    ResetView view = instance.client(context).reset(place.pool(), place.slot());
    String slots =
        view.slots().stream().map(s -> view.pool() + "/" + s).collect(Collectors.joining(", "));
    context.out().println(slots.isEmpty() ? view.pool() + ": nothing to reset" : slots + ": reset");
    return ExitCode.DONE;
  }
}
