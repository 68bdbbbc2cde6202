package dev.baton.supervisor.config;

import java.util.List;
import java.util.Optional;

/**
 * Socket options of a UDP listener (socket(7), udp(7), ip(7), ipv6(7)).
 *
 * @param reuseAddress {@code SO_REUSEADDR}: another socket with this option may bind the same
 *     address, as receivers of one multicast group do; it then takes unicast datagrams away
 * @param receiveBuffer {@code SO_RCVBUF} in bytes, which the kernel doubles and caps at {@code
 *     net.core.rmem_max}; 0: the system's default
 * @param sendBuffer {@code SO_SNDBUF} in bytes, capped at {@code net.core.wmem_max}; 0: the
 *     system's default
 * @param ipv6Only {@code IPV6_V6ONLY}: an IPv6 listener takes no IPv4 datagrams
 * @param multicast groups that are joined: IPv4 or IPv6 addresses as they stand in the file, all of
 *     one family, which is the listener's where it has one
 * @param multicastInterface the name of the interface on which they are joined; empty: the kernel
 *     chooses by its routes
 */
public record UdpOptions(
    boolean reuseAddress,
    int receiveBuffer,
    int sendBuffer,
    boolean ipv6Only,
    List<String> multicast,
    Optional<String> multicastInterface) {

  /** What a listener without a {@code udp} section has. */
  public static final UdpOptions DEFAULTS =
      new UdpOptions(false, 0, 0, false, List.of(), Optional.empty());

  /** Copies the list. */
  public UdpOptions {
    multicast = List.copyOf(multicast);
  }
}
