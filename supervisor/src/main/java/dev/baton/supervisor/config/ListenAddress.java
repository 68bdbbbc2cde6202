package dev.baton.supervisor.config;

import java.util.Optional;

/** Where a listener listens. */
public sealed interface ListenAddress
    permits TcpAddress, UdpAddress, UnixAddress, UnixDatagramAddress {

  /**
   * The address as the configuration writes it, such as {@code tcp://127.0.0.1:8080}, {@code
   * udp://[::]:0}, {@code unix:/run/baton/hello.sock} or {@code unixgram:@log}.
   */
  String uri();

  /** Whether datagrams arrive there; else connections. */
  boolean datagram();

  /** The path or abstract name, if it is a UNIX-domain address. */
  default Optional<UnixName> unixName() {
    return Optional.empty();
  }
}
