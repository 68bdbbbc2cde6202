package dev.baton.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the protocol. Equal majors understand each other; a higher minor may send message
 * types and fields that a lower one does not know.
 */
public record Version(int major, int minor) {
  /** What this build speaks. */
  public static final Version CURRENT = new Version(1, 0);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})");

  /** Whether two peers can work together. */
  public boolean compatible(Version other) {
    return major == other.major;
  }

  /**
   * Reads {@code "1.0"}.
   *
   * @throws ProtocolException for anything else
   */
  public static Version parse(String text) throws ProtocolException {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new ProtocolException(
          ErrorCode.BAD_MESSAGE, "protocol is \"" + Limits.text(text) + "\", not MAJOR.MINOR");
    }
    return new Version(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
