package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The address of a UNIX-domain datagram socket, {@code unixgram:/path} or {@code unixgram:@name}.
 *
 * @param name its path or abstract name
 */
public record UnixDatagramAddress(UnixName name) implements ListenAddress {

  /**
   * The address of a socket file.
   *
   * @throws IllegalArgumentException when the path is relative
   */
  public static UnixDatagramAddress of(Path path) {
    return new UnixDatagramAddress(UnixName.of(path));
  }

  @Override
  public String uri() {
    return "unixgram:" + name;
  }

  @Override
  public boolean datagram() {
    return true;
  }

  @Override
  public Optional<UnixName> unixName() {
    return Optional.of(name);
  }
}
