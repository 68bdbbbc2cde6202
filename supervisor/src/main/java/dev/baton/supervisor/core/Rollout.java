package dev.baton.supervisor.core;

import java.util.Optional;

/**
 * The replacing of every worker of a pool by one of another generation.
 *
 * @param from the generation that serves until it is over
 * @param to the new one
 * @param surge extra workers at a time; 0 stops the old one first
 * @param startedAt when it began
 * @param failure why it is being taken back; empty while it goes forward
 * @param failed the worker whose end decided that
 */
public record Rollout(
    int from, int to, int surge, long startedAt, String failure, Optional<WorkerId> failed) {

  Rollout back(String why, WorkerId who) {
    return new Rollout(from, to, surge, startedAt, why, Optional.of(who));
  }

  /** Whether it is being taken back. */
  public boolean goesBack() {
    return !failure.isEmpty();
  }

  /** The generation that slots are moved to now. */
  int aim() {
    return goesBack() ? from : to;
  }
}
