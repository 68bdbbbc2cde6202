package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.EventFile;
import dev.baton.supervisor.admin.EventLine;
import dev.baton.supervisor.admin.EventView;
import dev.baton.supervisor.config.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "events",
    description = "Show what has happened, also after the supervisor has ended.")
final class EventsCommand implements Callable<Integer> {

  private static final int MOST = 1000;

  private final CliContext context;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what happens from now on, until Ctrl-C.")
  private boolean follow;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From then on: 10m, 2h, 3d ago, or 2026-11-22T10:00:00Z.")
  private String since;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "The last entries, 50 if left out; not with --since.")
  private Integer lines;

  @Option(names = "--json", description = "A JSON object a line, for programs.")
  private boolean json;

  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;
  @Spec private CommandSpec spec;

  EventsCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (lines != null && (lines < 1 || lines > MOST || since != null)) {
      throw misuse(
          since != null ? "-n or --since, not both" : "-n is " + lines + ", allowed: 1 to " + MOST);
    }
    int newest = lines == null ? 50 : lines;
    Optional<Instant> from = from();
    AdminClient client = instance.client(context);
    String query = from.map(f -> "since=" + f).orElse("newest=" + newest);
    if (follow) {
      client.followEvents(query, this::print, this::missed);
      context.complain("the supervisor has ended");
      return ExitCode.SYSTEM;
    }
    List<EventView> events;
    if (client.listening()) {
      events = client.events(query);
    } else {
      events = onDisk(client.runtimeDir(), from.orElse(Instant.EPOCH));
      events =
          from.isPresent()
              ? events
              : events.subList(Math.max(0, events.size() - newest), events.size());
    }
    events.forEach(this::print);
    return ExitCode.DONE;
  }

  /** No supervisor runs: what it did is of interest all the more. */
  private static List<EventView> onDisk(Path runtimeDir, Instant from) {
    Path file = runtimeDir.resolve("logs").resolve(EventFile.NAME);
    try {
      List<EventView> events = EventFile.read(file, from);
      if (events.isEmpty() && !java.nio.file.Files.exists(file)) {
        throw new CliException(
            ExitCode.SYSTEM, "no supervisor runs on " + runtimeDir + ", and none has left events");
      }
      return events;
    } catch (IOException e) {
      throw new CliException(ExitCode.SYSTEM, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private Optional<Instant> from() {
    if (since == null) {
      return Optional.empty();
    }
    Optional<Duration> ago = Durations.parse(since);
    if (ago.isPresent()) {
      return Optional.of(Instant.now().minus(ago.get()));
    }
    try {
      return Optional.of(Instant.parse(since));
    } catch (java.time.format.DateTimeParseException e) {
      throw misuse(
          "--since is '" + since + "', allowed: such as 30s, 10m, 2h, 3d or 2026-11-22T10:00:00Z");
    }
  }

  private void print(EventView event) {
    context.out().println(json ? EventLine.json(event) : EventLine.text(event));
    context.out().flush();
  }

  private void missed(String text) {
    context.complain("some events were missed: " + text);
  }

  private CommandLine.ParameterException misuse(String text) {
    return new CommandLine.ParameterException(spec.commandLine(), text);
  }
}
