package dev.baton.supervisor;

import dev.baton.supervisor.cli.BatonCli;

/** The one entry point: the operator's commands, of which {@code run} is the supervisor itself. */
public final class Main {
  private Main() {}

  /** Exits with the command's status; {@code docs/operations.md} lists them. */
  public static void main(String[] args) {
    BatonCli cli =
        new BatonCli(
            config -> new Supervisor(config, System.out, System.err).run(),
            System.out,
            System.err,
            System.getenv());
    System.exit(cli.run(args));
  }
}
