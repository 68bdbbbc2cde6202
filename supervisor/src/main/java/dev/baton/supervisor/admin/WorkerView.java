package dev.baton.supervisor.admin;

/**
 * One worker, or a slot whose worker is down.
 *
 * @param id the worker id, {@code pool/slot#run}
 * @param slot its place in the pool
 * @param pid 0 while there is no process
 * @param generation of the worker
 * @param state starting, serving, leaving or down
 * @param uptimeSeconds since the worker was started
 * @param restarts of the slot, since the supervisor started
 * @param phase the exact state, such as handshaking
 * @param text the plugin's status line, or why it is down; may be empty
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
    String text) {}
