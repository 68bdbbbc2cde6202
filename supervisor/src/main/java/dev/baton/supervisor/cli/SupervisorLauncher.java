package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;

/** Runs a supervisor in this process. */
@FunctionalInterface
public interface SupervisorLauncher {

  /**
   * Runs until the supervisor has stopped.
   *
   * @param config checked
   * @return the exit code of the process, one of {@link ExitCode}
   */
  int run(BatonConfig config);
}
