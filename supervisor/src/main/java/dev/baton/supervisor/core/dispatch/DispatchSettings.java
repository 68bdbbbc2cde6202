package dev.baton.supervisor.core.dispatch;

/**
 * What a pool's configuration says about hand-offs. Times in nanoseconds.
 *
 * @param recallAfter a connection that was handed over and not claimed for so long is recalled
 * @param recallTimeout from a recall until every recalled connection must be claimed or refused; a
 *     worker that misses it is killed
 * @param restAfterRefusal how long a worker that refused gets nothing, unless it claims or closes
 *     one earlier; without it a full plugin and the supervisor would play ping-pong
 * @param shortagePause how long nothing is handed over or accepted after {@link
 *     Hands.Handed#SCARCE}
 * @param waitLimit how many connections may wait while no worker serves before accepting pauses
 */
public record DispatchSettings(
    long recallAfter,
    long recallTimeout,
    long restAfterRefusal,
    long shortagePause,
    int waitLimit) {

  public DispatchSettings {
    positive(recallAfter, "recallAfter");
    positive(recallTimeout, "recallTimeout");
    positive(restAfterRefusal, "restAfterRefusal");
    positive(shortagePause, "shortagePause");
    positive(waitLimit, "waitLimit");
  }

  private static void positive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is " + value + ", must be above 0");
    }
  }
}
