package dev.baton.load;

import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * Where to connect to.
 *
 * @param address what {@code connect} takes
 * @param family the family of the socket to open
 * @param host what the {@code Host} header says
 * @param name the address as it is written in configurations: {@code tcp://host:port} or {@code
 *     unix:/path}
 */
public record Target(SocketAddress address, ProtocolFamily family, String host, String name) {

  /**
   * A TCP address. The host is looked up at once; an unknown one is an {@link
   * IllegalArgumentException}.
   */
  public static Target tcp(String host, int port) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("unknown host: " + host);
    }
    var literal = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    var family =
        address.getAddress() instanceof java.net.Inet6Address
            ? StandardProtocolFamily.INET6
            : StandardProtocolFamily.INET;
    return new Target(address, family, literal + ":" + port, "tcp://" + literal + ":" + port);
  }

  /** A UNIX-domain stream socket. */
  public static Target unix(Path path) {
    return new Target(
        UnixDomainSocketAddress.of(path), StandardProtocolFamily.UNIX, "localhost", "unix:" + path);
  }

  /** Reads {@code tcp://host:port}, with or without a path behind it, or {@code unix:/path}. */
  public static Target parse(String text) {
    if (text.startsWith("unix:/")) {
      return unix(Path.of(text.substring("unix:".length())));
    }
    if (text.startsWith("tcp://")) {
      var uri = URI.create(text);
      if (uri.getHost() != null && uri.getPort() > 0) {
        var host = uri.getHost();
        return tcp(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
      }
    }
    throw new IllegalArgumentException(
        "not an address to connect to: " + text + " (allowed: tcp://host:port, unix:/path)");
  }

  /** Whether this is a UNIX-domain socket. */
  public boolean isUnix() {
    return family == StandardProtocolFamily.UNIX;
  }
}
