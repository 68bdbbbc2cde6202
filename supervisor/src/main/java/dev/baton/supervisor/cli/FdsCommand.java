package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.FdHolderView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "fds", description = "Show who holds which descriptor, strays marked.")
final class FdsCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "POOL[/SLOT]",
      description = "Whose; the supervisor's and all workers' if left out.")
  private String what;

  @Option(names = "--json", description = "One JSON object, for programs.")
  private boolean json;

  @Mixin private ColourOption colour;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;
  @Spec private CommandSpec spec;

  FdsCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String query = "";
    if (what != null) {
      PlaceParameter place = PlaceParameter.of(what, spec);
      query = "?pool=" + AdminClient.harmless(place.pool());
      query += place.slot().isPresent() ? "&slot=" + place.slot().getAsInt() : "";
    }
    Paint paint = new Paint(colour.wanted());
    AdminClient client = instance.client(context);
    String answer = client.descriptorsJson(query);
    if (json) {
      context.out().print(answer);
      return ExitCode.DONE;
    }
    List<FdHolderView> holders = client.descriptors(answer);
    context.out().print(FdTable.of(holders, paint));
    return ExitCode.DONE;
  }
}
