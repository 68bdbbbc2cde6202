package dev.baton.supervisor.admin;

import java.util.List;

/**
 * One pool.
 *
 * @param name as configured
 * @param generation rises by one with every rollout
 * @param target how many workers are wanted
 * @param state starting, serving, restarting, degraded, down, failed, idle, stopping or stopped
 * @param workers by slot
 */
public record PoolView(
    String name, int generation, int target, String state, List<WorkerView> workers) {

  /** Copies the list. */
  public PoolView {
    workers = List.copyOf(workers);
  }
}
