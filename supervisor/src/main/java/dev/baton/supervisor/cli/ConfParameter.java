package dev.baton.supervisor.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The configuration file that a command is given. */
final class ConfParameter {

  @Parameters(
      paramLabel = "CONF",
      arity = "0..1",
      description = "The configuration file; conf/baton.yaml when it is left out.")
  private String conf;

  /** The file named, or else the default one. */
  Path file(CliContext context) {
    return context.confFile(Optional.ofNullable(conf));
  }
}
