package dev.baton.supervisor.admin;

/**
 * Follows one rollout, or a reload. Called on the loop's thread; must not block. Either {@link
 * #refused} is called, once and alone, or any number of {@link #progress} and then {@link
 * #finished}.
 */
public interface RolloutWatcher {

  /**
   * The rollout was not started.
   *
   * @param reason for the operator
   */
  void refused(String reason);

  /**
   * Something happened.
   *
   * @param line one line for the operator
   */
  void progress(String line);

  /**
   * The rollout is over.
   *
   * @param verdict how it ended
   */
  void finished(Verdict verdict);
}
