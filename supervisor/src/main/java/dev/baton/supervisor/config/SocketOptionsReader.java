package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads the sections {@code tcp}, {@code unix} and {@code udp} of a listener. */
final class SocketOptionsReader {

  private static final long MAX_BUFFER = 1 << 30;

  private final Reading reading;
  private final Section listener;
  private final Optional<ListenAddress> address;

  /**
   * For one listener.
   *
   * @param address empty if it could not be read: then every section may be there
   */
  SocketOptionsReader(Reading reading, Section listener, Optional<ListenAddress> address) {
    this.reading = reading;
    this.listener = listener;
    this.address = address;
  }

  TcpOptions tcp() {
    Section section = section("tcp", TcpAddress.class::isInstance);
    TcpOptions otherwise = TcpOptions.DEFAULTS;
    TcpOptions options =
        new TcpOptions(
            section.flag("reuseAddress", otherwise.reuseAddress()),
            section.flag("keepAlive", otherwise.keepAlive()),
            section.flag("noDelay", otherwise.noDelay()),
            deferAccept(section),
            section.integer("fastOpenQueue", 0, 65535, otherwise.fastOpenQueue()),
            section.flag("ipv6Only", otherwise.ipv6Only()));
    if (options.ipv6Only() && address.isPresent() && address.get() instanceof TcpAddress tcp) {
      checkIpv6Only(section, tcp.host(), tcp);
    }
    section.finish();
    return options;
  }

  /** The kernel counts this in seconds. */
  private static Optional<Duration> deferAccept(Section section) {
    return section.parsed(
        "deferAccept",
        "a duration of whole seconds from 1s to 5m",
        text ->
            Durations.parse(text)
                .filter(d -> d.toMillisPart() == 0)
                .filter(d -> d.toSeconds() >= 1 && d.toSeconds() <= 300));
  }

  /** Only a socket file has an owner and permissions. */
  UnixOptions unix() {
    Predicate<ListenAddress> hasFile = a -> a.unixName().filter(n -> !n.isAbstract()).isPresent();
    Section section = section("unix", hasFile);
    UnixOptions options = unix(section, UnixOptions.DEFAULTS.permissions());
    section.finish();
    return options;
  }

  /** The keys of a socket file. */
  static UnixOptions unix(Section section, int permissions) {
    return new UnixOptions(
        section.permissions("permissions", permissions),
        AccountReader.account(section, "owner", "user"),
        AccountReader.account(section, "group", "group"));
  }

  UdpOptions udp(ListenerMode mode) {
    Section section = section("udp", UdpAddress.class::isInstance);
    UdpOptions otherwise = UdpOptions.DEFAULTS;
    MulticastReader multicast = new MulticastReader(reading, section);
    UdpOptions options =
        new UdpOptions(
            section.flag("reuseAddress", otherwise.reuseAddress()),
            buffer(section, "receiveBuffer", otherwise.receiveBuffer()),
            buffer(section, "sendBuffer", otherwise.sendBuffer()),
            section.flag("ipv6Only", otherwise.ipv6Only()),
            multicast.groups(),
            multicast.network());
    if (address.isPresent() && address.get() instanceof UdpAddress udp) {
      if (options.ipv6Only()) {
        checkIpv6Only(section, udp.host(), udp);
      }
      multicast.check(udp, options.ipv6Only(), mode);
    }
    section.finish();
    return options;
  }

  private static int buffer(Section section, String key, int otherwise) {
    return section
        .parsed(
            key,
            "a size such as 64k or 4m, at most 1g; 0 for the system's default",
            text -> Sizes.parse(text).stream().boxed().filter(n -> n <= MAX_BUFFER).findFirst())
        .map(Math::toIntExact)
        .orElse(otherwise);
  }

  private void checkIpv6Only(Section section, String host, ListenAddress shown) {
    if (host.equals("*") || Hosts.ipv4(host)) {
      String found = "true with the address " + shown.uri();
      String allowed = "true with an IPv6 address only";
      reading.problems().add(section.line("ipv6Only"), section.path("ipv6Only"), found, allowed);
    }
  }

  private Section section(String key, Predicate<ListenAddress> fits) {
    if (listener.has(key) && address.isPresent() && !fits.test(address.get())) {
      String found = key + " options with the address " + Words.quote(address.get().uri());
      reading.problems().add(listener.line(key), listener.path(key), found, "none");
    }
    return listener.section(key);
  }
}
