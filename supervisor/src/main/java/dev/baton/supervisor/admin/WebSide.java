package dev.baton.supervisor.admin;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

/**
 * Where the API and the page are served by TCP.
 *
 * @param host a loopback address, or {@code localhost}
 * @param port 0: the kernel chooses
 * @param tokenFile with the token that clients have to show; made if it is not there
 */
public record WebSide(String host, int port, Path tokenFile) {

  /** Checks that nothing is missing. */
  public WebSide {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(tokenFile, "tokenFile");
  }

  /** What a client may call us in the header {@code Host}. */
  static Set<String> names(int port) {
    return Set.of("127.0.0.1:" + port, "[::1]:" + port, "localhost:" + port);
  }
}
