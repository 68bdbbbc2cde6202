package dev.baton.supervisor.config;

/**
 * How much one worker or one client may ask of the open server; beyond it requests are refused for
 * the time being.
 *
 * @param inFlight requests that are not answered yet
 * @param perSecond requests in a second
 * @param openAtOnce descriptors that the requester has open
 */
public record OpenLimits(int inFlight, int perSecond, int openAtOnce) {

  /** What a policy without limits has. */
  public static final OpenLimits DEFAULTS = new OpenLimits(256, 20_000, 4096);

  /** Checks that all are positive. */
  public OpenLimits {
    if (inFlight < 1 || perSecond < 1 || openAtOnce < 1) {
      throw new IllegalArgumentException("a limit below 1");
    }
  }
}
