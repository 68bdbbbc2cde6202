package dev.baton.supervisor.core.dispatch;

/** The running counts of one listener; {@link ListenerFigures} says what they mean. */
final class Tally {
  long accepted;
  long handed;
  long claimed;
  long redispatched;
  long refused;
  long closedTouched;
  long vanished;
  long closed;
  long ended;
  long waiting;
  long unclaimed;
  long open;
  long claimNanos;

  ListenerFigures figures() {
    return new ListenerFigures(
        accepted,
        handed,
        claimed,
        redispatched,
        refused,
        closedTouched,
        vanished,
        closed,
        ended,
        waiting,
        unclaimed,
        open,
        claimNanos);
  }
}
