package dev.baton.supervisor.config;

import java.util.Objects;

/**
 * An address for {@code bind} of a TCP socket; nothing is resolved yet.
 *
 * @param host an IPv4 address, an IPv6 address without brackets, a host name, or {@code *} for the
 *     dual-stack {@code [::]} that takes IPv4 as well
 * @param port 0 to 65535; with 0 the kernel chooses
 */
public record TcpAddress(String host, int port) implements ListenAddress {

  /** Checks the range of the port. */
  public TcpAddress {
    Objects.requireNonNull(host, "host");
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not from 0 to 65535");
    }
  }

  @Override
  public String uri() {
    String shown = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    return "tcp://" + shown + ':' + port;
  }
}
