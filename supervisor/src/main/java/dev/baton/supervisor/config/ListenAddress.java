package dev.baton.supervisor.config;

/** Where a listener listens. */
public sealed interface ListenAddress permits TcpAddress, UnixAddress {

  /**
   * The address as the configuration writes it, such as {@code tcp://127.0.0.1:8080}, {@code
   * tcp://[::]:0} or {@code unix:/run/baton/hello.sock}.
   */
  String uri();
}
