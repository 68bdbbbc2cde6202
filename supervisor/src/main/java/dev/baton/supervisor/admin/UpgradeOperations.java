package dev.baton.supervisor.admin;

import java.nio.file.Path;
import java.util.Optional;

/** What operators can ask about the program that the supervisor is. */
public interface UpgradeOperations {
  /**
   * Becomes another program in the same process. Where that comes about the watcher hears nothing
   * more, since who would tell it is another one then: {@link #upgraded} tells of it there.
   *
   * @param to the folder of an installation or source checkout; empty: the one that it was started
   *     from, which may have changed
   */
  void upgrade(Optional<Path> to, RolloutWatcher watcher);

  /** How the last upgrade ended; any thread. */
  UpgradeView upgraded();
}
