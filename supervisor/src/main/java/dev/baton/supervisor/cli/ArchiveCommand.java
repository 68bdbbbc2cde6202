package dev.baton.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The launcher does this before there is a JVM; here it only has its help. */
@Command(
    name = "archive",
    description = {
      "Make the class data of an installed distribution, for the JDK in use: every start of a"
          + " supervisor, worker or command then takes about half as long."
    })
final class ArchiveCommand implements Callable<Integer> {

  @Mixin private HelpOption help;

  @Override
  public Integer call() {
    throw new CliException(ExitCode.USE, "archive is done by bin/baton itself");
  }
}
