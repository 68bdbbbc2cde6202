package dev.baton.protocol;

/**
 * One line that the open service answers with. Beside the first byte of a good one there is exactly
 * one descriptor.
 *
 * @param id of the request
 * @param ok whether the descriptor is there
 * @param kind {@code file}, {@code connection} or {@code listener}; null when refused
 * @param code a number of {@link ErrorCode}; 0 when ok
 * @param text why it was refused; null when ok
 */
public record ServiceAnswer(long id, boolean ok, String kind, int code, String text) {
  /** What was asked for. */
  public static ServiceAnswer given(long id, Descriptor.Kind kind) {
    return new ServiceAnswer(id, true, kind.name().toLowerCase(java.util.Locale.ROOT), 0, null);
  }

  /** A refusal. */
  public static ServiceAnswer refused(long id, ErrorCode code, String text) {
    return new ServiceAnswer(id, false, null, code.number(), Limits.text(text));
  }
}
