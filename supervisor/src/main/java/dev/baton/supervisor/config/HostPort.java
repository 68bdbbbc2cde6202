package dev.baton.supervisor.config;

import java.util.Objects;

/** What TCP and UDP addresses have in common. */
final class HostPort {

  private HostPort() {}

  /** Checks the range of the port. */
  static void check(String host, int port) {
    Objects.requireNonNull(host, "host");
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not from 0 to 65535");
    }
  }

  static String uri(String scheme, String host, int port) {
    String shown = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    return scheme + "://" + shown + ':' + port;
  }
}
