package dev.baton.supervisor.config;

import dev.baton.supervisor.core.ExitSet;
import dev.baton.supervisor.core.RestartRules;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What is done about workers that end or fail, or are to be replaced in time. Immutable.
 *
 * @param restart which ends are followed by another start
 * @param expectedExits ends that are no failure
 * @param permanentExits ends after which the slot is failed at once
 * @param after pools that have to serve before this one begins, and that end after it
 * @param heartbeat when a worker that does not answer is ended
 * @param orphanTimeout for how long a worker serves on when the supervisor is gone; zero: it drains
 *     at once
 * @param recycle when one is replaced although nothing is wrong with it
 */
public record SupervisionConfig(
    RestartRules.Policy restart,
    ExitSet expectedExits,
    ExitSet permanentExits,
    List<String> after,
    HeartbeatConfig heartbeat,
    Duration orphanTimeout,
    RecycleConfig recycle) {

  /** What is expected where nothing is restarted after it, unless the file says otherwise. */
  public static final ExitSet ORDERLY = new ExitSet(Set.of(0), Set.of());

  /** Long enough for an operator to start the supervisor again. */
  public static final Duration DEFAULT_ORPHAN_TIMEOUT = Duration.ofMinutes(5);

  /** What a pool without any of these keys has. */
  public static final SupervisionConfig DEFAULTS =
      new SupervisionConfig(
          RestartRules.Policy.ALWAYS,
          ExitSet.NONE,
          ExitSet.NONE,
          List.of(),
          HeartbeatConfig.DEFAULTS,
          DEFAULT_ORPHAN_TIMEOUT,
          RecycleConfig.NONE);

  /** Copies the list. */
  public SupervisionConfig {
    after = List.copyOf(after);
  }
}
