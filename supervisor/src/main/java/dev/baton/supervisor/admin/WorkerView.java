package dev.baton.supervisor.admin;

import java.util.Optional;

/**
 * One worker, or a slot whose worker is down.
 *
 * @param id the worker id, {@code pool/slot#run}
 * @param slot its place in the pool
 * @param pid 0 while there is no process
 * @param generation of the worker
 * @param state starting, spare, serving, leaving or down
 * @param uptimeSeconds since the worker was started
 * @param restarts of the slot, since the supervisor started
 * @param phase the exact state, such as handshaking
 * @param text the plugin's status line, or why it is down; may be empty
 * @param traffic empty when the supervisor hands no connections to it
 * @param work empty where there is no process, or it has said nothing yet
 * @param jvm likewise
 * @param lastEnd of the slot's newest worker that ended without having been told to; empty when
 *     none has
 */
public record WorkerView(
    String id,
    int slot,
    long pid,
    int generation,
    String state,
    long uptimeSeconds,
    int restarts,
    String phase,
    String text,
    Optional<WorkerTraffic> traffic,
    Optional<WorkView> work,
    Optional<JvmView> jvm,
    Optional<EndView> lastEnd) {

  /** A worker that accepts its connections itself, or has none, in a slot where all went well. */
  public WorkerView(
      String id,
      int slot,
      long pid,
      int generation,
      String state,
      long uptimeSeconds,
      int restarts,
      String phase,
      String text) {
    this(
        id,
        slot,
        pid,
        generation,
        state,
        uptimeSeconds,
        restarts,
        phase,
        text,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with what is known of the end before it. */
  public WorkerView after(Optional<EndView> end) {
    return copy(traffic, work, jvm, end);
  }

  /** The same with figures: the supervisor's and its own. */
  public WorkerView with(
      Optional<WorkerTraffic> figures, Optional<WorkView> done, Optional<JvmView> needs) {
    return copy(figures, done, needs, lastEnd);
  }

  private WorkerView copy(
      Optional<WorkerTraffic> figures,
      Optional<WorkView> done,
      Optional<JvmView> needs,
      Optional<EndView> end) {
    return new WorkerView(
        id,
        slot,
        pid,
        generation,
        state,
        uptimeSeconds,
        restarts,
        phase,
        text,
        figures,
        done,
        needs,
        end);
  }
}
