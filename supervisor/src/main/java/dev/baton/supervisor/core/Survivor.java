package dev.baton.supervisor.core;

/**
 * A worker that outlived its supervisor and was adopted by this one.
 *
 * @param id who it was and stays
 * @param generation of the pool that it is of
 * @param draining whether it was told to leave before
 * @param startedAt when it was started, in nanoseconds of this supervisor's clock; below 0 as a
 *     rule
 */
public record Survivor(WorkerId id, int generation, boolean draining, long startedAt) {}
