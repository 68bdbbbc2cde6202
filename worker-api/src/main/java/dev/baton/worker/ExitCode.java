package dev.baton.worker;

/** What a worker process exits with. */
final class ExitCode {
  static final int OK = 0;

  /** The plugin threw, or did not end when it had to. */
  static final int PLUGIN_FAILED = 1;

  /** The plugin or the way the program was started cannot be used. */
  static final int UNUSABLE = 100;

  /** A defect of this library. */
  static final int BUG = 101;

  /** A system call failed, or the supervisor sent what is no message. */
  static final int SYSTEM = 111;

  private ExitCode() {}
}
