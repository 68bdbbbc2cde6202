package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.KernelLimits;
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
    BatonConfig config = context.load(conf.file(context));
    config.warnings().forEach(this::warn);
    KernelLimits.read().warnings(config).forEach(this::warn);
    return context.launcher().run(config);
  }

  private void warn(String text) {
    context.complain("warning: " + text);
  }
}
