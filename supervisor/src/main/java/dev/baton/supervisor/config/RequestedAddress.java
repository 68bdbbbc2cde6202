package dev.baton.supervisor.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address that somebody asks the open server to connect to or to bind: always exactly one, and
 * never a name that would have to be looked up.
 */
public sealed interface RequestedAddress {

  /** TCP. */
  String TCP = "tcp";

  /** UDP. */
  String UDP = "udp";

  /** A UNIX-domain stream socket. */
  String UNIX = "unix";

  /** {@link #TCP}, {@link #UDP} or {@link #UNIX}. */
  String scheme();

  /** In the form that {@link #parse} reads. */
  String text();

  /**
   * An IP address and a port.
   *
   * @param scheme {@link #TCP} or {@link #UDP}
   * @param inet resolved
   */
  record Internet(String scheme, InetSocketAddress inet) implements RequestedAddress {

    /** Checks that the address is one. */
    public Internet {
      if (inet.isUnresolved()) {
        throw new IllegalArgumentException("a host name is no address: " + inet);
      }
    }

    @Override
    public String text() {
      return HostPort.uri(scheme, inet.getAddress().getHostAddress(), inet.getPort());
    }
  }

  /**
   * A UNIX-domain socket.
   *
   * @param unix a path without {@code .}, {@code ..} and doubled slashes, or an abstract name
   */
  record Local(UnixName unix) implements RequestedAddress {

    @Override
    public String scheme() {
      return UNIX;
    }

    @Override
    public String text() {
      return "unix:" + unix;
    }
  }

  /**
   * Reads {@code tcp://127.0.0.1:5432}, {@code udp://[::1]:53}, {@code unix:/run/db.sock} or {@code
   * unix:@name}. An IPv4-mapped IPv6 address becomes the IPv4 address. Never looks anything up.
   *
   * @throws IllegalArgumentException with a message for people that does not repeat the text, if it
   *     is anything else
   */
  static RequestedAddress parse(String text) {
    if (text.startsWith("unix:")) {
      return new Local(Parser.unixName(text.substring("unix:".length())));
    }
    return Parser.internet(text);
  }

  /** The parts of {@link #parse}. */
  final class Parser {

    private static final Pattern INTERNET =
        Pattern.compile("(tcp|udp)://(\\[([0-9A-Fa-f:.]{2,45})]|([0-9.]{7,15})):([0-9]{1,5})");
    private static final Pattern ABSTRACT = Pattern.compile("@[!-~]+");
    private static final String ALLOWED =
        "an address is tcp://IP:PORT, udp://IP:PORT, unix:/PATH or unix:@NAME, with an IPv4 address"
            + " or [an IPv6 address] without a zone, and a port up to 65535";

    private Parser() {}

    private static Internet internet(String text) {
      Matcher matcher = INTERNET.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(ALLOWED);
      }
      String ipv6 = matcher.group(3);
      String ipv4 = matcher.group(4);
      int port = Integer.parseInt(matcher.group(5));
      if (port > 65535 || !(ipv6 == null ? Hosts.ipv4(ipv4) : Hosts.ipv6(ipv6))) {
        throw new IllegalArgumentException(ALLOWED);
      }
      try {
        InetAddress address = InetAddress.getByName(ipv6 == null ? ipv4 : '[' + ipv6 + ']');
        return new Internet(matcher.group(1), new InetSocketAddress(address, port));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(ALLOWED, e);
      }
    }

    private static UnixName unixName(String text) {
      if (text.startsWith("@")) {
        if (!ABSTRACT.matcher(text).matches() || text.length() - 1 > UnixName.MAX_BYTES) {
          throw new IllegalArgumentException(
              "an abstract name has 1 to " + UnixName.MAX_BYTES + " visible ASCII characters");
        }
        return new UnixName(text);
      }
      UnixName name = path(text);
      if (name.length() > UnixName.MAX_BYTES) {
        throw new IllegalArgumentException(
            "the path of a socket has at most " + UnixName.MAX_BYTES + " bytes");
      }
      return name;
    }

    private static UnixName path(String text) {
      String allowed =
          "the path of a socket is absolute, without \".\", \"..\" and doubled slashes";
      try {
        Path path = Path.of(text);
        if (!path.isAbsolute() || !path.normalize().toString().equals(text)) {
          throw new IllegalArgumentException(allowed);
        }
        return UnixName.of(path);
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(allowed, e);
      }
    }
  }
}
