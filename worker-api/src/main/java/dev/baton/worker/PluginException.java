package dev.baton.worker;

import dev.baton.protocol.ErrorCode;

/** The plugin cannot be used; the message is for the operator. */
final class PluginException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  PluginException(ErrorCode code, String text, Throwable cause) {
    super(text, cause);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }
}
