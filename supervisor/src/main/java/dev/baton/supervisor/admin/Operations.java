package dev.baton.supervisor.admin;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

/**
 * What operators can ask of a running supervisor. Thread-safe: implementations post to the loop;
 * callbacks come on the loop's thread and must not block.
 */
public interface Operations extends RolloutOperations, SightOperations, UpgradeOperations {

  /** An immutable snapshot, cheap. */
  StatusView status();

  /** The figures of the state now, in Prometheus' text format; may take some milliseconds. */
  String metrics();

  /**
   * The journal's newest entries, oldest first.
   *
   * @param newest how many at most, at least 1
   */
  List<EventView> events(int newest);

  /**
   * The journal's entries above a number, oldest first, as far as they are in memory.
   *
   * @param most how many at most
   */
  List<EventView> eventsAfter(long number, int most);

  /**
   * Calls after every new entry, on any thread; {@code news} must not block.
   *
   * @return ends it
   */
  Runnable onEvent(Runnable news);

  /**
   * Sets the target of a pool.
   *
   * @param pool the pool's name
   * @param workers the new target, 0 to 1000
   * @return fails with {@link OperationRefused}
   */
  CompletionStage<ScaleView> scale(String pool, int workers);

  /**
   * Starts again what waits for its backoff or has failed, and forgets the failures.
   *
   * @param pool the pool's name
   * @param slot the one meant; empty for all slots
   * @return fails with {@link OperationRefused}
   */
  CompletionStage<ResetView> reset(String pool, OptionalInt slot);

  /**
   * Notes in the journal what somebody has asked for, whether or not it can be done.
   *
   * @param text one line
   */
  void audit(String text);

  /**
   * Reads the configuration file again and does what has changed.
   *
   * @param watcher told what happens; that it loses interest does not end the reload
   */
  void reload(ReloadWatcher watcher);

  /**
   * What {@link #reload} would do now; does nothing of it.
   *
   * @return fails with {@link UnusableException}
   */
  CompletionStage<DiffView> diff();

  /**
   * Opens the workers' log files anew by their names, after somebody has moved them away.
   *
   * @return completes once no worker writes to an old file any more, or has not said so for 10 s
   */
  CompletionStage<ReopenView> reopenLogs();

  /**
   * Stops the supervisor and its workers.
   *
   * @param now without draining
   * @return completes when stopping has begun
   */
  CompletionStage<Void> stop(boolean now);
}
