package dev.baton.samples.dns;

/** Bytes that are no DNS message. Costs little, since anybody can cause it: no stack trace. */
final class FormatException extends Exception {
  private static final long serialVersionUID = 1;

  FormatException(String message) {
    super(message, null, false, false);
  }
}
