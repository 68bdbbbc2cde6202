package dev.baton.supervisor.cli;

/** What the process ends with. */
public final class ExitCode {

  /** Done. */
  public static final int DONE = 0;

  /** Rolled back, or refused by the state of the supervisor; what served before still serves. */
  public static final int REFUSED = 1;

  /** Wrong use, or a problem in the configuration. */
  public static final int USE = 100;

  /** A bug of Baton. */
  public static final int BUG = 101;

  /** The system: no supervisor running, no permission, a failed system call. */
  public static final int SYSTEM = 111;

  private ExitCode() {}
}
