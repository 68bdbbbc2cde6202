package dev.baton.supervisor.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and compares the addresses of listeners, without looking up any host name. */
final class AddressReader {

  static final String ALLOWED =
      "tcp://HOST:PORT (an IPv4 address, [an IPv6 address], a host name or *; port 0 to 65535) or"
          + " unix:PATH";

  private static final Pattern TCP = Pattern.compile("tcp://(\\[([^\\[\\]]+)]|[^\\[\\]:/]+):(.*)");
  private static final Pattern IPV4_LIKE = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("([0-9A-Fa-f:.]+)(%[A-Za-z0-9._-]+)?");
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?");

  private final Reading reading;

  AddressReader(Reading reading) {
    this.reading = reading;
  }

  /** The address, or empty after a problem was added. */
  Optional<ListenAddress> read(Value value) {
    if (value.text().startsWith("unix:")) {
      return unix(value);
    }
    Optional<ListenAddress> address = tcp(value.text());
    if (address.isEmpty()) {
      reading.refuse(value, ALLOWED);
    }
    return address;
  }

  private static Optional<ListenAddress> tcp(String text) {
    Matcher matcher = TCP.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String inBrackets = matcher.group(2);
    String host = inBrackets == null ? matcher.group(1) : inBrackets;
    boolean good = inBrackets == null ? host(host) : ipv6(host);
    return Numbers.integer(matcher.group(3), 0, 65535)
        .filter(port -> good)
        .map(port -> new TcpAddress(host, port));
  }

  private Optional<ListenAddress> unix(Value value) {
    String text = value.text().substring("unix:".length());
    boolean authority = text.startsWith("//") && !text.startsWith("///");
    if (text.isEmpty() || authority || text.startsWith("@")) {
      reading.refuse(value, ALLOWED);
      return Optional.empty();
    }
    Optional<Path> path = reading.path(value, text);
    return path.filter(p -> fits(value.line(), value.path(), p)).map(UnixAddress::new);
  }

  /** Whether a socket can have this path; adds the problem if not. */
  boolean fits(int line, String key, Path path) {
    int length = UnixAddress.length(path);
    if (length <= UnixAddress.MAX_PATH_BYTES) {
      return true;
    }
    String found = "the socket path " + Words.quote(path.toString()) + " of " + length + " bytes";
    reading.problems().add(line, key, found, "at most " + UnixAddress.MAX_PATH_BYTES + " bytes");
    return false;
  }

  private static boolean host(String host) {
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

  private static boolean ipv6(String host) {
    Matcher matcher = IPV6.matcher(host);
    return matcher.matches() && host.indexOf(':') >= 0 && literal(matcher.group(1)).isPresent();
  }

  /** What two addresses have in common if they cannot both be bound; empty with port 0. */
  static Optional<String> identity(ListenAddress address) {
    if (!(address instanceof TcpAddress tcp)) {
      return Optional.of(address.uri());
    }
    if (tcp.port() == 0) {
      return Optional.empty();
    }
    String host = tcp.host().equals("*") ? "::" : tcp.host();
    String same =
        host.indexOf(':') >= 0
            ? literal(host).map(InetAddress::getHostAddress).orElse(host)
            : host.toLowerCase(Locale.ROOT);
    return Optional.of(same + ' ' + tcp.port());
  }

  /** In brackets the JDK takes an address and nothing else: no look-up is possible. */
  private static Optional<InetAddress> literal(String ipv6) {
    try {
      return Optional.of(InetAddress.getByName('[' + ipv6 + ']'));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
