package dev.baton.protocol;

/**
 * A message of a type that this version does not know in this direction. The receiver answers
 * {@code unrecognized} where the peer's minor version is higher, and ends the session otherwise.
 */
public final class UnknownTypeException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final String type;
  private final Long id;

  UnknownTypeException(String type, Long id) {
    super(ErrorCode.UNKNOWN_TYPE, "unknown message type \"" + type + "\"");
    this.type = type;
    this.id = id;
  }

  /** The answer to it. */
  public Reply.Unrecognized reply() {
    return new Reply.Unrecognized(id, type);
  }
}
