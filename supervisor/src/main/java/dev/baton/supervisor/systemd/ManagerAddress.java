package dev.baton.supervisor.systemd;

import dev.baton.ipc.UnixAddress;
import java.nio.file.Path;

/** What NOTIFY_SOCKET says ({@code sd_notify(3)}): an absolute path, or {@code @} and a name. */
final class ManagerAddress {
  private ManagerAddress() {}

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static UnixAddress of(String name) {
    if (name.startsWith("@")) {
      return UnixAddress.ofAbstract(name.substring(1));
    }
    if (!name.startsWith("/")) {
      throw new IllegalArgumentException("it is neither an absolute path nor an abstract name");
    }
    return UnixAddress.of(Path.of(name));
  }
}
