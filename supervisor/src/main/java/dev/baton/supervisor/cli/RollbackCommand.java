package dev.baton.supervisor.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollback",
    description = "Roll a pool to the release that served before, or to another it has had.")
final class RollbackCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Option(
      names = "--to",
      paramLabel = "RELEASE",
      description = "The first digits of a release that \"bin/baton releases POOL\" lists.")
  private String release;

  @Mixin private RolloutOptions how;
  @Mixin private RolloutReport report;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  RollbackCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    how.check();
    Map<String, String> own = release == null ? Map.of() : Map.of("to", release);
    return report.verdict(
        context,
        pool,
        instance
            .client(context)
            .rollout(pool, "rollback", how.body(own), report.progress(context, pool)));
  }
}
