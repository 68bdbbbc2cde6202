package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where operators are served beside the admin socket.
 *
 * @param address a loopback address, as the token passes in the clear
 * @param tokenFile absolute; made if it is not there
 */
public record AdminConfig(TcpAddress address, Path tokenFile) {

  /** The name of the token file in the runtime directory if none is given. */
  public static final String DEFAULT_TOKEN_FILE = "admin.token";

  /** Checks that nothing is missing. */
  public AdminConfig {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(tokenFile, "tokenFile");
  }
}
