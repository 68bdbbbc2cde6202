package dev.baton.supervisor.config;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * Addresses to which a policy lets the open server connect, or that it lets it bind. Immutable.
 *
 * @param scheme {@code tcp}, {@code udp} or {@code unix}
 * @param hosts the IP addresses; empty: every one, or it is a UNIX-domain name
 * @param ports the ports; {@link PortRange#ANY} for a UNIX-domain name
 * @param unix the path or abstract name, if the scheme is {@code unix}
 * @param text as the configuration writes it, for messages
 */
public record AddressRule(
    String scheme, Optional<Network> hosts, PortRange ports, Optional<UnixName> unix, String text) {

  /** Checks that the parts fit the scheme. */
  public AddressRule {
    Objects.requireNonNull(ports, "ports");
    Objects.requireNonNull(text, "text");
    boolean local = scheme.equals(RequestedAddress.UNIX);
    if (local != unix.isPresent() || local && hosts.isPresent()) {
      throw new IllegalArgumentException("an address of scheme " + scheme + ": " + text);
    }
  }

  /** Whether the rule covers what somebody asks for. */
  public boolean admits(RequestedAddress requested) {
    if (!scheme.equals(requested.scheme())) {
      return false;
    }
    if (requested instanceof RequestedAddress.Local local) {
      return unix.equals(Optional.of(local.unix()));
    }
    InetSocketAddress inet = ((RequestedAddress.Internet) requested).inet();
    return ports.contains(inet.getPort())
        && hosts.stream().allMatch(network -> network.contains(inet.getAddress()));
  }
}
