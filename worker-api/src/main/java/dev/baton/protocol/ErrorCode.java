package dev.baton.protocol;

/** Numbered reasons; numbers are only ever appended, never used again. */
public enum ErrorCode {
  /** A number that this version does not know. */
  UNKNOWN(0),
  /** Not a JSON object, a field missing or of the wrong kind. */
  BAD_MESSAGE(1),
  /** Frame, message or text over its limit, or cut off. */
  TOO_LARGE(2),
  /** Descriptors that were not announced, or announced and not there. */
  DESCRIPTORS(3),
  /** A known message at a moment that does not allow it. */
  OUT_OF_ORDER(4),
  /** The peers' major versions differ. */
  VERSION(5),
  /** A message type that nobody knows. */
  UNKNOWN_TYPE(6),
  /** The peer does not read what it is sent. */
  OVERFLOW(7),
  /** The plugin's class was not found. */
  PLUGIN_NOT_FOUND(8),
  /** The plugin's class is not a {@code Worker}, or cannot be made. */
  PLUGIN_UNUSABLE(9),
  /** The plugin threw. */
  PLUGIN_FAILED(10),
  /** A descriptor of that name is not known here. */
  UNKNOWN_NAME(11),
  /** The secret, pid or id of a rejoining worker is wrong. */
  NOT_AUTHENTIC(12),
  /** The receiver cannot do this (yet). */
  NOT_SUPPORTED(13),
  /** The policy does not allow what was asked for. */
  NOT_ALLOWED(14),
  /** A limit on requests is reached; later it may go. */
  BUSY(15),
  /** There is no such file. */
  NOT_FOUND(16),
  /** There is one already, and it was to be made. */
  EXISTS(17),
  /** The kernel refused for another reason; the text begins with the name of its error. */
  SYSTEM(18),
  /** A path or an address that cannot be. */
  BAD_REQUEST(19);

  private final int number;

  ErrorCode(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The code of a number; {@link #UNKNOWN} for one that a later version added. */
  public static ErrorCode of(int number) {
    for (ErrorCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return UNKNOWN;
  }
}
