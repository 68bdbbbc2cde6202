package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Run a supervisor in the foreground; Ctrl-C stops it.")
final class RunCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private HelpOption help;

  @Parameters(
      paramLabel = "CONF",
      arity = "0..1",
      description = "The configuration file; conf/baton.yaml when it is left out.")
  private String conf;

  RunCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    BatonConfig config = context.load(context.confFile(Optional.ofNullable(conf)));
    config.warnings().forEach(warning -> context.complain("warning: " + warning));
    return context.launcher().run(config);
  }
}
