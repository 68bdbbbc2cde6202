package dev.baton.protocol;

/**
 * A frame came without its descriptors, or with some of them: there were too many, or this process
 * has no number left for them (RLIMIT_NOFILE). The kernel has closed those; what did come is
 * closed.
 */
public final class LostDescriptorsException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final byte[] payload;

  /**
   * @param payload the bytes of the message, which are complete
   */
  public LostDescriptorsException(byte[] payload) {
    super(ErrorCode.DESCRIPTORS, "descriptors were lost: too many, or no numbers left here");
    this.payload = payload;
  }

  /** The bytes of the message that they came with. */
  public byte[] payload() {
    return payload;
  }
}
