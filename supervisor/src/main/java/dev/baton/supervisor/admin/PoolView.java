package dev.baton.supervisor.admin;

import java.util.List;
import java.util.Optional;

/**
 * One pool.
 *
 * @param name as configured
 * @param generation rises by one with every rollout
 * @param target how many workers are wanted
 * @param state starting, serving, restarting, degraded, down, failed, idle, stopping or stopped
 * @param rollout the one under way
 * @param workers by slot
 */
public record PoolView(
    String name,
    int generation,
    int target,
    String state,
    Optional<RolloutView> rollout,
    List<WorkerView> workers) {

  /** Copies the list. */
  public PoolView {
    workers = List.copyOf(workers);
  }

  /** Without a rollout. */
  public PoolView(String name, int generation, int target, String state, List<WorkerView> workers) {
    this(name, generation, target, state, Optional.empty(), workers);
  }
}
