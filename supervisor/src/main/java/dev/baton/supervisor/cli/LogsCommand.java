package dev.baton.supervisor.cli;

import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.LogFollower;
import dev.baton.supervisor.process.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "logs",
    description = "Show what workers have written, also after the supervisor has ended.")
final class LogsCommand implements Callable<Integer> {

  private static final Pattern WHAT =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9_-]*)(?:/([0-9]{1,9})(?:#([0-9]{1,9}))?)?");
  private static final int MOST_LINES = 100_000;
  private static final int[] COLOURS = {36, 32, 33, 35, 34, 96, 92, 93, 95, 94};

  private final CliContext context;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "POOL[/SLOT[#RUN]]",
      description = "Whose; all of the newest runs if left out.")
  private String what;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is written from now on, until Ctrl-C.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "The last lines of each worker, 20 if left out.")
  private int lines = 20;

  @Mixin private ColourOption colour;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;
  @Spec private CommandSpec spec;

  LogsCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    LogReader.Choice choice = choice();
    if (lines < 0 || lines > MOST_LINES) {
      throw misuse("-n is " + lines + ", allowed: 0 to " + MOST_LINES);
    }
    UnaryOperator<String> prefix = prefix();
    Path folder = instance.client(context).runtimeDir().resolve("logs");
    if (!Files.isDirectory(folder)) {
      throw new CliException(ExitCode.SYSTEM, "no instance has logs in " + folder);
    }
    try {
      // Followed from before the last lines are read: nothing falls between, and what is in both
      // is told apart by how far each file was read.
      LogReader reader = new LogReader(folder);
      List<WorkerId> chosen = reader.newest(choice);
      if (chosen.isEmpty() && !follow) {
        throw new CliException(
            ExitCode.USE, "no log of " + (what == null ? "any worker" : what) + " in " + folder);
      }
      for (WorkerId id : chosen) {
        for (String line : reader.last(id, lines)) {
          context.out().println(prefix.apply(id.toString()) + line);
        }
      }
      context.out().flush();
      if (follow) {
        follow(folder, choice, reader, prefix);
      }
      return ExitCode.DONE;
    } catch (IOException e) {
      throw new CliException(ExitCode.SYSTEM, "the logs cannot be read: " + e.getMessage(), e);
    }
  }

  private void follow(
      Path folder, LogReader.Choice choice, LogReader reader, UnaryOperator<String> prefix)
      throws IOException, InterruptedException {
    try (LogFollower follower =
        LogFollower.start(
            folder,
            line -> {
              context.out().println(line);
              context.out().flush();
            },
            id ->
                choice.has(id)
                    ? java.util.Optional.of(line -> prefix.apply(id.toString()) + line)
                    : java.util.Optional.empty(),
            reader::readUpTo)) {
      follower.join(); // until Ctrl-C ends the process
    }
  }

  private LogReader.Choice choice() {
    if (what == null) {
      return new LogReader.Choice(null, null, null);
    }
    Matcher m = WHAT.matcher(what);
    if (!m.matches()) {
      throw misuse("'" + what + "' is no worker, allowed: POOL, POOL/SLOT or POOL/SLOT#RUN");
    }
    return new LogReader.Choice(m.group(1), number(m.group(2)), number(m.group(3)));
  }

  private static Integer number(String text) {
    return text == null ? null : Integer.valueOf(text);
  }

  private CommandLine.ParameterException misuse(String text) {
    return new CommandLine.ParameterException(spec.commandLine(), text);
  }

  /** Each slot has its colour, also over its runs. */
  private UnaryOperator<String> prefix() {
    if (!colour.wanted()) {
      return id -> id + " | ";
    }
    return id -> {
      int slot = Math.floorMod(id.substring(0, id.indexOf('#')).hashCode(), COLOURS.length);
      return "\u001b[" + COLOURS[slot] + "m" + id + " |\u001b[0m ";
    };
  }
}
