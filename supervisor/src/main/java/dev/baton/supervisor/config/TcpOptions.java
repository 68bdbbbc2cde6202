package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Socket options of a TCP listener (socket(7), tcp(7), ipv6(7)). Accepted connections inherit
 * keep-alive and no-delay.
 *
 * @param reuseAddress {@code SO_REUSEADDR}: bind although old connections are in TIME_WAIT
 * @param keepAlive {@code SO_KEEPALIVE}
 * @param noDelay {@code TCP_NODELAY}
 * @param deferAccept {@code TCP_DEFER_ACCEPT}, in whole seconds: a connection is ready for accept
 *     only when its first data came, or after this time; empty: off
 * @param fastOpenQueue {@code TCP_FASTOPEN}: the longest queue of connections whose handshake is
 *     not complete; 0: off
 * @param ipv6Only {@code IPV6_V6ONLY}: an IPv6 listener takes no IPv4 connections
 */
public record TcpOptions(
    boolean reuseAddress,
    boolean keepAlive,
    boolean noDelay,
    Optional<Duration> deferAccept,
    int fastOpenQueue,
    boolean ipv6Only) {

  /** What a listener without a {@code tcp} section has. */
  public static final TcpOptions DEFAULTS =
      new TcpOptions(true, false, true, Optional.empty(), 0, false);
}
