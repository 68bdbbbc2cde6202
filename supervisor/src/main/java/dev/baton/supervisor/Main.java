package dev.baton.supervisor;

import dev.baton.supervisor.cli.BatonCli;
import dev.baton.supervisor.cli.ExitCode;
import dev.baton.supervisor.upgrade.Takeover;
import java.io.IOException;

/** The one entry point: the operator's commands, of which {@code run} is the supervisor itself. */
public final class Main {
  private Main() {}

  /** Exits with the command's status; {@code docs/operations.md} lists them. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    LastWords words = new LastWords(System.err);
    try {
      Takeover takeover = Takeover.find(System.getenv());
      BatonCli cli =
          new BatonCli(
              config -> new Supervisor(config, System.out, words.stream(), takeover).run(),
              System.out,
              words.stream(),
              takeover.environment());
      int status = cli.run(args);
      takeover.giveUp(words.last());
      return status;
    } catch (IOException e) {
      System.err.println("baton: " + e.getMessage());
      return ExitCode.SYSTEM;
    }
  }
}
