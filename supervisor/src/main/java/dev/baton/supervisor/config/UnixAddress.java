package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The address of a UNIX-domain stream socket, {@code unix:/path} or {@code unix:@name}.
 *
 * @param name its path or abstract name
 */
public record UnixAddress(UnixName name) implements ListenAddress {

  /**
   * The address of a socket file.
   *
   * @throws IllegalArgumentException when the path is relative
   */
  public static UnixAddress of(Path path) {
    return new UnixAddress(UnixName.of(path));
  }

  @Override
  public String uri() {
    return "unix:" + name;
  }

  @Override
  public boolean datagram() {
    return false;
  }

  @Override
  public Optional<UnixName> unixName() {
    return Optional.of(name);
  }
}
