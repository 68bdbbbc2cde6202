package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.ConfigException;
import dev.baton.supervisor.config.ConfigLoader;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What every command has at hand.
 *
 * @param launcher runs a supervisor
 * @param out for results
 * @param err for problems and warnings
 * @param environment of this process
 * @param home the folder of the installation
 * @param defaultConf the configuration file that is meant when none is named
 */
record CliContext(
    SupervisorLauncher launcher,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Path home,
    Optional<Path> defaultConf) {

  /** A line on stderr. */
  void complain(String text) {
    err.println("baton: " + text);
  }

  /** The file that an argument names, or else the default one. */
  Path confFile(Optional<String> argument) {
    return argument
        .map(CliContext::path)
        .or(() -> defaultConf)
        .orElseThrow(() -> new CliException(ExitCode.USE, "name a configuration file"));
  }

  /** Reads a configuration; its problems are printed here. */
  BatonConfig load(Path file) {
    try {
      return ConfigLoader.load(file, home, environment);
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      int count = e.problems().size();
      throw new CliException(
          ExitCode.USE, file + " has " + (count == 1 ? "a problem" : count + " problems"), e);
    }
  }

  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new CliException(ExitCode.USE, "not a path: " + e.getMessage(), e);
    }
  }
}
