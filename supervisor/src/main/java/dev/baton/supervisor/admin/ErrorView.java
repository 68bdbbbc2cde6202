package dev.baton.supervisor.admin;

/**
 * An answer that is an error.
 *
 * @param status of HTTP
 * @param code one word for programs; the constants of this record
 * @param text for the operator
 */
public record ErrorView(int status, String code, String text) {

  /** The request itself is wrong (HTTP, JSON, a number out of range). */
  public static final String BAD_REQUEST = "bad-request";

  /** Whoever asks has not shown the token. */
  public static final String UNAUTHORIZED = "unauthorized";

  /** The peer or the request is not allowed here. */
  public static final String FORBIDDEN = "forbidden";

  /** There is no such path. */
  public static final String UNKNOWN_PATH = "unknown-path";

  /** There is no such pool. */
  public static final String UNKNOWN_POOL = "unknown-pool";

  /** The path takes another method. */
  public static final String METHOD = "method";

  /** The supervisor's state does not allow it. */
  public static final String REFUSED = "refused";

  /** The configuration file has problems, one on each line of the text. */
  public static final String CONFIGURATION = "configuration";

  /** Listeners or files cannot be had; one problem on each line of the text. */
  public static final String UNAVAILABLE = "unavailable";

  /** The body or the header is too large. */
  public static final String TOO_LARGE = "too-large";

  /** The body did not come in time. */
  public static final String TOO_SLOW = "too-slow";

  /** The supervisor failed: a bug. */
  public static final String FAILED = "failed";
}
