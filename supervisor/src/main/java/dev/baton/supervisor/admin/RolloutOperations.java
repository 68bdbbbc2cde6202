package dev.baton.supervisor.admin;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What operators can ask about the version that a pool runs. An unknown pool, or something that
 * cannot be now, ends in {@link RolloutWatcher#refused}; that a watcher loses interest ends no
 * rollout. Threads as in {@link Operations}.
 */
public interface RolloutOperations {

  /** What an operator does with a rollout under way. */
  enum Steering {
    PAUSE,
    RESUME,
    ABORT
  }

  /** Starts a rollout of the same version. */
  void restart(String pool, RolloutRequest how, RolloutWatcher watcher);

  /**
   * Copies a plugin and starts a rollout to it.
   *
   * @param path an absolute path of a jar, or of a folder of jars or classes; empty for the
   *     configured class path as it is now
   */
  void deploy(String pool, Optional<Path> path, RolloutRequest how, RolloutWatcher watcher);

  /**
   * Starts a rollout to a release that the pool has had.
   *
   * @param release how its hash begins; empty for the one before
   */
  void rollback(String pool, Optional<String> release, RolloutRequest how, RolloutWatcher watcher);

  /** Follows the rollout under way; tells the verdict of the last one when there is none. */
  void follow(String pool, RolloutWatcher watcher);

  /**
   * Pauses a rollout, lets it go on or has it taken back.
   *
   * @return completes when that has begun; fails with {@link OperationRefused}
   */
  CompletionStage<Void> steer(String pool, Steering what);

  /**
   * What the pool has run, the newest last.
   *
   * @return fails with {@link OperationRefused}
   */
  CompletionStage<List<ReleaseView>> releases(String pool);
}
