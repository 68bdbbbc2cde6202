package dev.baton.supervisor.config;

import dev.baton.supervisor.core.ExitSet;
import dev.baton.supervisor.core.RestartRules;
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
 * @param recycle when one is replaced although nothing is wrong with it
 */
public record SupervisionConfig(
    RestartRules.Policy restart,
    ExitSet expectedExits,
    ExitSet permanentExits,
    List<String> after,
    HeartbeatConfig heartbeat,
    RecycleConfig recycle) {

  /** What is expected where nothing is restarted after it, unless the file says otherwise. */
  public static final ExitSet ORDERLY = new ExitSet(Set.of(0), Set.of());

  /** What a pool without any of these keys has. */
  public static final SupervisionConfig DEFAULTS =
      new SupervisionConfig(
          RestartRules.Policy.ALWAYS,
          ExitSet.NONE,
          ExitSet.NONE,
          List.of(),
          HeartbeatConfig.DEFAULTS,
          RecycleConfig.NONE);

  /** Copies the list. */
  public SupervisionConfig {
    after = List.copyOf(after);
  }
}
