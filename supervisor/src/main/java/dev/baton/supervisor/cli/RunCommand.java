package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.KernelLimits;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "run", description = "Run a supervisor in the foreground; Ctrl-C stops it.")
final class RunCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private HelpOption help;

  @Mixin private ConfParameter conf;

  RunCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return run(context, conf.file(context));
  }

  /** Reads the file, and runs until the supervisor has stopped. */
  static int run(CliContext context, Path file) {
    BatonConfig config = context.load(file);
    config.warnings().forEach(text -> warn(context, text));
    KernelLimits.read().warnings(config).forEach(text -> warn(context, text));
    return context.launcher().run(config);
  }

  private static void warn(CliContext context, String text) {
    context.complain("warning: " + text);
  }
}
