package dev.baton.supervisor.core.dispatch;

/**
 * The counts of one listener, at one moment. Every accepted connection is in exactly one place:
 * {@code accepted = waiting + unclaimed + open + closed + closedTouched + vanished + ended}.
 *
 * @param accepted by the supervisor
 * @param handed times a connection was handed to a worker
 * @param claimed taken over by a worker
 * @param redispatched hand-offs of a connection that had been handed over before
 * @param refused times a worker gave a connection back, by itself or recalled
 * @param closedTouched closed because a dead worker had touched but not claimed them
 * @param vanished whose client went before a worker claimed them
 * @param closed claimed and reported as closed
 * @param ended claimed, and ended with their worker
 * @param waiting without a worker now
 * @param unclaimed with a worker that has not claimed them now
 * @param open claimed and not closed now
 * @param claimNanos from the last hand-off to the news of the claim, of all claimed ones together
 */
public record ListenerFigures(
    long accepted,
    long handed,
    long claimed,
    long redispatched,
    long refused,
    long closedTouched,
    long vanished,
    long closed,
    long ended,
    long waiting,
    long unclaimed,
    long open,
    long claimNanos) {

  /** The sums of both. */
  public ListenerFigures plus(ListenerFigures other) {
    return new ListenerFigures(
        accepted + other.accepted,
        handed + other.handed,
        claimed + other.claimed,
        redispatched + other.redispatched,
        refused + other.refused,
        closedTouched + other.closedTouched,
        vanished + other.vanished,
        closed + other.closed,
        ended + other.ended,
        waiting + other.waiting,
        unclaimed + other.unclaimed,
        open + other.open,
        claimNanos + other.claimNanos);
  }
}
