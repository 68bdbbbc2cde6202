package dev.baton.supervisor.admin;

/**
 * What became of the connections that the supervisor itself accepted from a listener, since it
 * started. {@code accepted = waiting + unclaimed + open + closed + lost + vanished}.
 *
 * @param accepted taken out of the kernel's queue
 * @param handedOff frames to workers, each hand-off counted
 * @param claimed taken over by a worker's plugin
 * @param redispatched hand-offs of a connection that had been with another worker before
 * @param waiting without a worker now
 * @param unclaimed with a worker that has not claimed them now
 * @param open claimed and not closed now
 * @param closed by the worker that had claimed them
 * @param lost with a worker that died: it had claimed them, or touched them before it could say so
 * @param refused given back by workers, by themselves or recalled
 * @param vanished clients that had gone before a worker served them
 * @param acceptErrors failed accepts
 * @param claimNanos from the hand-off to the news of the claim, of all claimed ones together
 */
public record ListenerTraffic(
    long accepted,
    long handedOff,
    long claimed,
    long redispatched,
    long waiting,
    long unclaimed,
    long open,
    long closed,
    long lost,
    long refused,
    long vanished,
    long acceptErrors,
    long claimNanos) {}
