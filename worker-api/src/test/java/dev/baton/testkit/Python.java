package dev.baton.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A Python for tests in which the other side must not be ours. */
public final class Python {
  /** A shim on PATH may need more of the environment than the tests give; this is the program. */
  private static final String ASK =
      "import socket, sys; socket.send_fds; print(sys.executable, end='')";

  private static final String EXECUTABLE = find();

  private Python() {}

  /** Its absolute path; where there is none of version 3.9 or later, the test is skipped. */
  public static String required() {
    assumeTrue(EXECUTABLE != null, "python3 (3.9 or later) is not installed");
    return EXECUTABLE;
  }

  private static String find() {
    try {
      Process asked =
          new ProcessBuilder("python3", "-c", ASK)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String path = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return asked.waitFor() == 0 ? path : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
