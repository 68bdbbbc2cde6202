package dev.baton.supervisor.admin;

import java.util.List;

/**
 * Follows one reload. Called on the loop's thread; must not block. Either {@link #refused} or
 * {@link #unusable} is called, once and alone, or any number of {@link #progress} and then {@link
 * #finished}.
 */
public interface ReloadWatcher extends RolloutWatcher {

  /**
   * Nothing was changed.
   *
   * @param configuration whether the file is wrong; else a listener or file cannot be had
   * @param problems all of them, one line each
   */
  void unusable(boolean configuration, List<String> problems);
}
