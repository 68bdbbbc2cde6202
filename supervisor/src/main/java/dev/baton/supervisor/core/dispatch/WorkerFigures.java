package dev.baton.supervisor.core.dispatch;

/**
 * The counts of one worker, at one moment.
 *
 * @param unclaimed handed to it, neither claimed nor refused
 * @param open claimed and not closed
 * @param total claimed in its life
 * @param refused given back in its life
 */
public record WorkerFigures(int unclaimed, int open, long total, long refused) {}
