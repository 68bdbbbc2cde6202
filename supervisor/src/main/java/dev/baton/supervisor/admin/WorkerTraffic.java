package dev.baton.supervisor.admin;

/**
 * The connections that the supervisor has handed to a worker.
 *
 * @param open claimed and not closed now
 * @param unclaimed handed over and not claimed now
 * @param total claimed since the worker's start
 */
public record WorkerTraffic(long open, long unclaimed, long total) {}
