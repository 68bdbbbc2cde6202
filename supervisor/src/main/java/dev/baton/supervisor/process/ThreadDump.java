package dev.baton.supervisor.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The thread dump that a JVM writes to its output when it gets QUIT. */
final class ThreadDump {
  private static final byte[] TITLE = "Full thread dump ".getBytes(StandardCharsets.US_ASCII);

  private ThreadDump() {}

  /**
   * Cuts the dump out of a JVM's output, from the line with the time before it to the end of the
   * output: what else the worker says while it is ended belongs to the matter.
   *
   * @return empty when there is none
   */
  static Optional<byte[]> in(byte[] output) {
    for (int i = 0; i + TITLE.length <= output.length; i++) {
      if (Arrays.equals(output, i, i + TITLE.length, TITLE, 0, TITLE.length)) {
        int time = lineStart(output, lineStart(output, i) - 1);
        return Optional.of(Arrays.copyOfRange(output, time, output.length));
      }
    }
    return Optional.empty();
  }

  /** Of the line that the position is in. */
  private static int lineStart(byte[] output, int position) {
    int start = Math.max(0, position);
    while (start > 0 && output[start - 1] != '\n') {
      start--;
    }
    return start;
  }
}
