package dev.baton.load;

/**
 * What became of a request, or how a connection ended.
 *
 * <p>Every request is counted in exactly one of the classes for which {@link #ofRequest} holds. The
 * other two count closes of keep-alive connections: a request that such a close hits is counted as
 * well, as {@link #RESET} or {@link #CUT}.
 */
public enum Outcome {
  /** The whole response came in time, with status 200. */
  OK(true),
  /** The connection was refused, or nothing is bound to the address. */
  REFUSED(true),
  /** ECONNRESET or EPIPE, at whatever moment. */
  RESET(true),
  /** There was no connection, or not the whole response, by the deadline. */
  TIMEOUT(true),
  /**
   * End-of-file before the response was whole (before its first byte, too), or bytes that are no
   * HTTP response.
   */
  CUT(true),
  /** A whole response with a status other than 200, or with a body that the observer rejected. */
  BAD(true),
  /**
   * The generator's own fault: it came too late for its schedule, or had no descriptor or port.
   * Nothing was sent.
   */
  LATE(true),
  /**
   * The server closed a keep-alive connection without having announced it. Noticed while the
   * connection was idle, or when the next request met end-of-file or a reset before any byte of a
   * response. RFC 9112, section 9.5, says why this loses requests.
   */
  CLOSED_IDLE(false),
  /**
   * A keep-alive connection came to its end after a response with {@code Connection: close}: as it
   * should be.
   */
  ANNOUNCED(false);

  private final boolean ofRequest;

  Outcome(boolean ofRequest) {
    this.ofRequest = ofRequest;
  }

  /** Whether this class counts requests; the others count closes of connections. */
  public boolean ofRequest() {
    return ofRequest;
  }
}
