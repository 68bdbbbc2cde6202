package dev.baton.load;

import java.io.IOException;
import java.util.Locale;

/** Why a connect(2) did not succeed. */
enum ConnectFailure {
  RESET,
  TIMED_OUT,
  /** This machine has no port or descriptor left for one more client. */
  LOCAL,
  REFUSED;

  static ConnectFailure of(IOException e) {
    var text = text(e);
    if (text.contains("reset") || text.contains("broken pipe")) {
      return RESET;
    } else if (text.contains("timed out")) {
      return TIMED_OUT;
    } else if (text.contains("cannot assign") || text.contains("too many open")) {
      return LOCAL;
    }
    return REFUSED;
  }

  /** Its message, for comparing. */
  static String text(IOException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
  }
}
