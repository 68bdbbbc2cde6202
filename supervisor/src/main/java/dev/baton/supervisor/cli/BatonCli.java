package dev.baton.supervisor.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The operator commands. Reads the system properties {@code baton.home} (the folder of the
 * installation) and {@code baton.conf} (the default configuration file), which the launcher sets.
 */
public final class BatonCli {

  private static final String DEBUG = "BATON_DEBUG";

  private static final Map<String, Function<CliContext, Object>> COMMANDS = commands();

  private final CliContext context;

  /**
   * The commands of this process.
   *
   * @param launcher runs a supervisor
   * @param out for results
   * @param err for problems and warnings
   * @param environment of this process
   */
  public BatonCli(
      SupervisorLauncher launcher,
      PrintStream out,
      PrintStream err,
      Map<String, String> environment) {
    this(
        new CliContext(
            launcher,
            out,
            err,
            Map.copyOf(environment),
            Path.of(System.getProperty("baton.home", ".")),
            Optional.ofNullable(System.getProperty("baton.conf")).map(Path::of)));
  }

  BatonCli(CliContext context) {
    this.context = context;
  }

  @Command(
      name = "bin/baton",
      description = "Java services that restart, deploy and crash without losing a request.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = false,
      footer = {
        "",
        "Exit codes: 0 done, 1 rolled back or refused, 100 wrong use or configuration,",
        "111 system, 101 a bug. \"bin/baton COMMAND --help\" tells more about a command."
      })
  private static final class Root {
    @CommandLine.Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this text.")
    private boolean help;
  }

  private static Map<String, Function<CliContext, Object>> commands() {
    Map<String, Function<CliContext, Object>> commands = new LinkedHashMap<>();
    commands.put("run", RunCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("top", TopCommand::new);
    commands.put("explain", ExplainCommand::new);
    commands.put("fds", FdsCommand::new);
    commands.put("restart", RestartCommand::new);
    commands.put("deploy", DeployCommand::new);
    commands.put("rollback", RollbackCommand::new);
    commands.put("releases", ReleasesCommand::new);
    commands.put("pause", PauseCommand::new);
    commands.put("resume", ResumeCommand::new);
    commands.put("abort", AbortCommand::new);
    commands.put("wait", WaitCommand::new);
    commands.put("scale", ScaleCommand::new);
    commands.put("reset", ResetCommand::new);
    commands.put("diff", DiffCommand::new);
    commands.put("reload", ReloadCommand::new);
    commands.put("upgrade", UpgradeCommand::new);
    commands.put("open", OpenCommand::new);
    commands.put("logs", LogsCommand::new);
    commands.put("events", EventsCommand::new);
    commands.put("reopen-logs", ReopenLogsCommand::new);
    commands.put("stop", StopCommand::new);
    commands.put("version", VersionCommand::new);
    commands.put("archive", context -> new ArchiveCommand());
    commands.put("completion", context -> new CompletionCommand(context, () -> tree(context)));
    commands.put("man", context -> new ManCommand(context, () -> tree(context)));
    return commands;
  }

  /**
   * Runs one command to its end.
   *
   * @param args the command and its arguments
   * @return what the process should end with, one of {@link ExitCode}; nothing is thrown
   */
  public int run(String[] args) {
    int exitCode;
    try {
      exitCode = isPlainRun(args) ? plainRun(args) : parsed(args);
    } catch (RuntimeException | Error e) {
      exitCode = bug(e);
    }
    context.out().flush();
    context.err().flush();
    return exitCode;
  }

  /** picocli reads the annotations of what it is given: only the command that is asked for. */
  private int parsed(String[] args) {
    return args.length > 0 && COMMANDS.containsKey(args[0])
        ? one(args[0]).execute(Arrays.copyOfRange(args, 1, args.length))
        : all().execute(args);
  }

  private static boolean isPlainRun(String[] args) {
    return args.length > 0
        && args.length < 3
        && args[0].equals("run")
        && (args.length == 1 || args[1].matches("[^-@].*"));
  }

  /**
   * Without picocli, which no class-data archive can hold on JDK 17: it takes a fifth of the time
   * for which new clients wait while a supervisor becomes another program.
   */
  private int plainRun(String[] args) {
    try {
      return RunCommand.run(
          context, context.confFile(Optional.of(args).filter(a -> a.length > 1).map(a -> a[1])));
    } catch (CliException e) {
      return ended(e);
    }
  }

  private CommandLine one(String name) {
    CommandLine command = new CommandLine(COMMANDS.get(name).apply(context));
    command.setCommandName("bin/baton " + name);
    return prepare(command);
  }

  private CommandLine all() {
    return prepare(tree(context));
  }

  /** Every command: for help, for completion and for the manual. */
  static CommandLine tree(CliContext context) {
    CommandLine root = new CommandLine(CommandSpec.forAnnotatedObject(new Root()));
    COMMANDS.forEach((name, maker) -> root.addSubcommand(name, maker.apply(context)));
    root.getCommandSpec().usageMessage().abbreviateSynopsis(true);
    return root;
  }

  private CommandLine prepare(CommandLine command) {
    return command
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpWidth(80)
        .setOut(new PrintWriter(context.out(), true))
        .setErr(new PrintWriter(context.err(), true))
        .setParameterExceptionHandler(this::misused)
        .setExecutionExceptionHandler((failure, in, parsed) -> ended(failure));
  }

  private int misused(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    if (!command.getSubcommands().isEmpty() && args.length > 0 && !args[0].startsWith("-")) {
      context.complain(
          "there is no command " + args[0] + "; there are " + String.join(", ", COMMANDS.keySet()));
      return ExitCode.USE;
    }
    context.complain(failure.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(failure, command.getErr())) {
      context.err().print(command.getHelp().fullSynopsis());
    }
    context.err().println("Try \"" + command.getCommandName() + " --help\".");
    return ExitCode.USE;
  }

  private int ended(Exception failure) {
    if (!(failure instanceof CliException explained)) {
      return bug(failure);
    }
    context.complain(explained.getMessage());
    if (debug()) {
      explained.printStackTrace(context.err());
    }
    return explained.exitCode();
  }

  private int bug(Throwable failure) {
    context.complain(
        "a bug in Baton: " + failure + (debug() ? "" : " (" + DEBUG + "=1 shows where)"));
    if (debug()) {
      failure.printStackTrace(context.err());
    }
    return ExitCode.BUG;
  }

  private boolean debug() {
    String value = context.environment().getOrDefault(DEBUG, "");
    return !value.isEmpty() && !value.equals("0");
  }
}
