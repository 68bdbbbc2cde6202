package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and compares the addresses of listeners, without looking up any host name. */
final class AddressReader {

  static final String ALLOWED =
      "tcp://HOST:PORT or udp://HOST:PORT (an IPv4 address, [an IPv6 address], a host name or *;"
          + " port 0 to 65535), or unix:PATH, unix:@NAME, unixgram:PATH or unixgram:@NAME";
  static final String ABSTRACT = "an abstract name of 1 to 107 visible ASCII characters";

  private static final Pattern INTERNET =
      Pattern.compile("(tcp|udp)://(\\[([^\\[\\]]+)]|[^\\[\\]:/]+):(.*)");
  private static final Pattern UNIX = Pattern.compile("(unix|unixgram):(.*)", Pattern.DOTALL);
  private static final Pattern VISIBLE = Pattern.compile("@[!-~]+");

  private final Reading reading;

  AddressReader(Reading reading) {
    this.reading = reading;
  }

  /** The address, or empty after a problem was added. */
  Optional<ListenAddress> read(Value value) {
    Matcher unix = UNIX.matcher(value.text());
    if (unix.matches()) {
      return unixName(value, unix.group(2), ALLOWED).map(maker(unix.group(1)));
    }
    Optional<ListenAddress> address = internet(value.text());
    if (address.isEmpty()) {
      reading.refuse(value, ALLOWED);
    }
    return address;
  }

  /** A TCP or UDP address; empty for anything else. */
  static Optional<ListenAddress> internet(String text) {
    Matcher matcher = INTERNET.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean tcp = matcher.group(1).equals("tcp");
    String inBrackets = matcher.group(3);
    String host = inBrackets == null ? matcher.group(2) : inBrackets;
    boolean good = inBrackets == null ? Hosts.valid(host) : Hosts.ipv6(host);
    return Numbers.integer(matcher.group(4), 0, 65535)
        .filter(port -> good)
        .map(port -> tcp ? new TcpAddress(host, port) : new UdpAddress(host, port));
  }

  private static Function<UnixName, ListenAddress> maker(String scheme) {
    return scheme.equals("unix") ? UnixAddress::new : UnixDatagramAddress::new;
  }

  /** The path or abstract name after a scheme; empty after a problem was added. */
  Optional<UnixName> unixName(Value value, String text, String allowed) {
    boolean authority = text.startsWith("//") && !text.startsWith("///");
    if (text.isEmpty() || authority) {
      reading.refuse(value, allowed);
      return Optional.empty();
    }
    if (text.startsWith("@")) {
      return abstractName(value, text);
    }
    Optional<Path> path = reading.path(value, text);
    return path.filter(p -> fits(value.line(), value.path(), p)).map(UnixName::of);
  }

  private Optional<UnixName> abstractName(Value value, String text) {
    Optional<UnixName> name =
        Optional.of(text)
            .filter(t -> VISIBLE.matcher(t).matches())
            .map(UnixName::new)
            .filter(n -> n.length() <= UnixName.MAX_BYTES);
    if (name.isEmpty()) {
      reading.refuse(value, ABSTRACT);
    }
    return name;
  }

  /** Whether a socket can have this path; adds the problem if not. */
  boolean fits(int line, String key, Path path) {
    int length = UnixName.of(path).length();
    if (length <= UnixName.MAX_BYTES) {
      return true;
    }
    String found = "the socket path " + Words.quote(path.toString()) + " of " + length + " bytes";
    reading.problems().add(line, key, found, "at most " + UnixName.MAX_BYTES + " bytes");
    return false;
  }

  /** What two addresses have in common if they cannot both be bound; empty with port 0. */
  static Optional<String> identity(ListenAddress address) {
    if (address instanceof TcpAddress tcp) {
      return endpoint("tcp ", tcp.host(), tcp.port());
    }
    if (address instanceof UdpAddress udp) {
      return endpoint("udp ", udp.host(), udp.port());
    }
    // A path leads to one socket of any type; abstract names are apart for each type (unix(7)).
    return address.unixName().map(name -> name.isAbstract() ? address.uri() : name.text());
  }

  private static Optional<String> endpoint(String transport, String host, int port) {
    return Optional.of(transport + Hosts.canonical(host) + ' ' + port).filter(same -> port != 0);
  }
}
