package dev.baton.supervisor.config;

/**
 * An address for {@code bind} of a UDP socket; nothing is resolved yet.
 *
 * @param host an IPv4 address, an IPv6 address without brackets, a host name, or {@code *} for the
 *     dual-stack {@code [::]} that takes IPv4 as well
 * @param port 0 to 65535; with 0 the kernel chooses
 */
public record UdpAddress(String host, int port) implements ListenAddress {

  /** Checks the range of the port. */
  public UdpAddress {
    HostPort.check(host, port);
  }

  @Override
  public String uri() {
    return HostPort.uri("udp", host, port);
  }

  @Override
  public boolean datagram() {
    return true;
  }
}
