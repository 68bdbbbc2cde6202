package dev.baton.protocol;

/** A peer broke the protocol; its session ends with this reason and nothing else is touched. */
public sealed class ProtocolException extends Exception
    permits LostDescriptorsException, UnknownTypeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * @param text for people, without the peer's raw bytes
   */
  public ProtocolException(ErrorCode code, String text) {
    super(text);
    this.code = code;
  }

  /** Why, as a number for the wire. */
  public ErrorCode code() {
    return code;
  }
}
