package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.SlotView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "explain", description = "Tell why a slot is in its state, and what happens next.")
final class ExplainCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(
      index = "0",
      paramLabel = "POOL/SLOT",
      description = "The slot; the places of spares are numbered from 1000.")
  private String what;

  @Option(names = "--json", description = "One JSON object, for programs.")
  private boolean json;

  @Mixin private ColourOption colour;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;
  @Spec private CommandSpec spec;

  ExplainCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    PlaceParameter place = PlaceParameter.of(what, spec);
    if (place.slot().isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "'" + what + "' is no slot, allowed: POOL/SLOT, such as shop/0");
    }
    Paint paint = new Paint(colour.wanted());
    AdminClient client = instance.client(context);
    String answer = client.slotJson(place.pool(), place.slot().getAsInt());
    if (json) {
      context.out().print(answer);
    } else {
      context.out().print(text(client.slot(answer), paint));
    }
    return ExitCode.DONE;
  }

  static String text(SlotView slot, Paint paint) {
    StringBuilder text = new StringBuilder();
    for (SlotView.Part part : slot.parts()) {
      if (text.length() > 0) {
        text.append('\n');
      }
      text.append(part.subject()).append(": ").append(paint.state(part.state()));
      if (part.sinceSeconds().isPresent()) {
        text.append(", for ").append(StatusTable.duration(part.sinceSeconds().getAsLong()));
      }
      text.append('\n');
      sentences(text, "why", part.why());
      sentences(text, "next", part.next());
    }
    return text.toString();
  }

  private static void sentences(StringBuilder text, String title, List<String> sentences) {
    String margin = "  " + title + " ".repeat(6 - title.length());
    for (String sentence : sentences) {
      for (String line : StatusTable.wrap(StatusTable.printable(sentence), 80 - 8)) {
        text.append(margin).append(line).append('\n');
        margin = " ".repeat(10);
      }
      margin = " ".repeat(8);
    }
  }
}
