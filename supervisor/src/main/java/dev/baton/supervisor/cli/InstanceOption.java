package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which instance a command is for. */
final class InstanceOption {

  @ArgGroup private Choice choice;

  private static final class Choice {
    @Option(
        names = "--conf",
        paramLabel = "FILE",
        description = "The instance that this configuration file describes.")
    private String conf;

    @Option(
        names = "--runtime-dir",
        paramLabel = "DIR",
        description = "The instance that runs on this runtime directory.")
    private String runtimeDir;
  }

  /** Whether the operator named one. */
  boolean named() {
    return choice != null;
  }

  /** A client of the named instance, or else of the default one. */
  AdminClient client(CliContext context) {
    if (named() && choice.runtimeDir != null) {
      return new AdminClient(CliContext.path(choice.runtimeDir).toAbsolutePath(), Optional.empty());
    }
    Path file = context.confFile(Optional.ofNullable(named() ? choice.conf : null));
    BatonConfig config = context.load(file);
    return new AdminClient(config.runtimeDir(), Optional.of(file));
  }
}
