package dev.baton.ipc;

import java.io.IOException;

/** The peer sent an error code and a reason instead of a descriptor (APUE 17.4, send_err). */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String text;

  RefusedException(int code, String text) {
    super("refused with code " + code + (text.isEmpty() ? "" : ": " + text));
    this.code = code;
    this.text = text;
  }

  /** The sender's code, 1 to 255. */
  public int code() {
    return code;
  }

  /** The sender's reason, maybe empty. */
  public String text() {
    return text;
  }
}
