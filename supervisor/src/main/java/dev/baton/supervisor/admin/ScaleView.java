package dev.baton.supervisor.admin;

/**
 * A changed target.
 *
 * @param pool whose
 * @param before the target until now
 * @param after the target from now on
 */
public record ScaleView(String pool, int before, int after) {}
