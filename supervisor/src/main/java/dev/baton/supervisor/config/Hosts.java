package dev.baton.supervisor.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The hosts of addresses and the groups of multicast; nothing is ever looked up. */
final class Hosts {

  private static final Pattern IPV4_LIKE = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("([0-9A-Fa-f:.]+)(%[A-Za-z0-9._-]+)?");
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?");

  private Hosts() {}

  /** Whether a host without brackets is an IPv4 address, a host name or {@code *}. */
  static boolean valid(String host) {
    if (host.equals("*")) {
      return true;
    }
    if (IPV4_LIKE.matcher(host).matches()) {
      return ipv4(host);
    }
    if (host.length() > 253) {
      return false;
    }
    for (String label : host.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }

  static boolean ipv4(String host) {
    if (!IPV4.matcher(host).matches()) {
      return false;
    }
    for (String part : host.split("\\.")) {
      if (Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  static boolean ipv6(String host) {
    Matcher matcher = IPV6.matcher(host);
    return matcher.matches() && host.indexOf(':') >= 0 && literal(matcher.group(1)).isPresent();
  }

  /** Whether the text is the address of a multicast group, of either family and without a zone. */
  static boolean group(String text) {
    boolean address = ipv4(text) || text.indexOf('%') < 0 && ipv6(text);
    return address && literal(text).filter(InetAddress::isMulticastAddress).isPresent();
  }

  /** One text for all ways to write a host. */
  static String canonical(String host) {
    if (host.indexOf(':') >= 0 || ipv4(host)) {
      return literal(host).map(InetAddress::getHostAddress).orElse(host);
    }
    return host.equals("*") ? canonical("::") : host.toLowerCase(Locale.ROOT);
  }

  /** A literal address is not looked up; in brackets the JDK takes nothing else. */
  private static Optional<InetAddress> literal(String address) {
    boolean ipv6 = address.indexOf(':') >= 0;
    try {
      return Optional.of(InetAddress.getByName(ipv6 ? '[' + address + ']' : address));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
