package dev.baton.supervisor.admin;

/**
 * What became of the connections that the supervisor itself accepted from a listener, since it
 * started. {@code accepted} is the sum of those that wait, are handed and not claimed, are open, or
 * have ended.
 *
 * @param accepted taken out of the kernel's queue
 * @param handedOff frames to workers, each hand-off counted
 * @param claimed taken over by a worker's plugin
 * @param redispatched hand-offs of a connection that had been with another worker before
 * @param waiting without a worker now
 * @param open claimed and not closed now
 * @param refused given back by workers, by themselves or recalled
 * @param vanished clients that had gone before a worker served them
 * @param acceptErrors failed accepts
 */
public record ListenerTraffic(
    long accepted,
    long handedOff,
    long claimed,
    long redispatched,
    long waiting,
    long open,
    long refused,
    long vanished,
    long acceptErrors) {}
