package dev.baton.supervisor.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "deploy",
    description = {
      "Copy another version of a pool's plugin and roll the pool to it.",
      "It takes the place of the configured class path until that one is changed or",
      "deployed, also after a restart of the supervisor."
    })
final class DeployCommand implements Callable<Integer> {

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private String pool;

  @Parameters(
      index = "1",
      paramLabel = "PATH",
      arity = "0..1",
      description = "A jar, or a folder of jars (also in lib) or classes: all of its class path.")
  private Path path;

  @Option(
      names = "--configured",
      description = "The class path of the configuration, as it is now.")
  private boolean configured;

  @Mixin private RolloutOptions how;
  @Mixin private RolloutReport report;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  DeployCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (configured == (path != null)) {
      throw new CliException(
          ExitCode.USE, "name the jar or folder to deploy, or --configured (and not both)");
    }
    how.check();
    Map<String, String> own =
        configured ? Map.of() : Map.of("path", path.toAbsolutePath().normalize().toString());
    return report.verdict(
        context,
        pool,
        instance
            .client(context)
            .rollout(pool, "deploy", how.body(own), report.progress(context, pool)));
  }
}
