package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one listener after the other, and sees when two want the same address. */
final class ListenerReader {

  static final String MODES = "shared";

  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");

  private final Reading reading;
  private final Path adminSocket;
  private final AddressReader addresses;
  private final Map<String, String> taken = new HashMap<>();

  ListenerReader(Reading reading, Path adminSocket) {
    this.reading = reading;
    this.adminSocket = adminSocket;
    this.addresses = new AddressReader(reading);
  }

  /** The listener, or empty after a problem was added. */
  Optional<ListenerConfig> read(String name, Section section) {
    Optional<Value> written = section.required("address", AddressReader.ALLOWED);
    Optional<ListenAddress> address = written.flatMap(addresses::read);
    address.ifPresent(found -> checkFree(name, written.get(), found));
    ListenerMode mode =
        section
            .value("mode", Substitution.Scope.NOW, MODES)
            .map(this::mode)
            .orElse(ListenerMode.SHARED);
    int backlog = section.integer("backlog", 1, 65535, ListenerConfig.DEFAULT_BACKLOG);
    TcpOptions tcp = tcp(section, address);
    UnixOptions unix = unix(section, address);
    section.finish();
    return address.map(found -> new ListenerConfig(name, found, mode, backlog, tcp, unix));
  }

  private void checkFree(String name, Value written, ListenAddress address) {
    if (address instanceof UnixAddress unix && unix.path().equals(adminSocket)) {
      reading.refuse(written, "another path: this one is the admin socket");
    }
    Optional<String> identity = AddressReader.identity(address);
    String other = identity.map(id -> taken.putIfAbsent(id, name)).orElse(null);
    if (other != null) {
      reading.refuse(written, "an address that no other listener has; " + other + " has this one");
    }
  }

  private ListenerMode mode(Value value) {
    switch (value.text()) {
      case "shared" -> {}
      case "reuseport", "dispatch" ->
          reading
              .problems()
              .add(
                  value.line(),
                  value.path(),
                  value.text() + ", which is not available in this version",
                  MODES);
      default -> reading.refuse(value, MODES);
    }
    return ListenerMode.SHARED;
  }

  private TcpOptions tcp(Section listener, Optional<ListenAddress> address) {
    Section section = listener.section("tcp");
    refuseOther(listener, "tcp", address, TcpAddress.class);
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
      if (tcp.host().equals("*") || AddressReader.ipv4(tcp.host())) {
        String found = "true with the address " + tcp.uri();
        String allowed = "true with an IPv6 address only";
        reading.problems().add(section.line("ipv6Only"), section.path("ipv6Only"), found, allowed);
      }
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

  private UnixOptions unix(Section listener, Optional<ListenAddress> address) {
    Section section = listener.section("unix");
    refuseOther(listener, "unix", address, UnixAddress.class);
    UnixOptions options =
        new UnixOptions(
            section.permissions("permissions", UnixOptions.DEFAULTS.permissions()),
            account(section, "owner", "user"),
            account(section, "group", "group"));
    section.finish();
    return options;
  }

  private static Optional<String> account(Section section, String key, String kind) {
    return section.parsed(
        key,
        "the name or number of a " + kind,
        text -> Optional.of(text).filter(t -> ACCOUNT.matcher(t).matches()));
  }

  private void refuseOther(
      Section listener, String key, Optional<ListenAddress> address, Class<?> fitting) {
    if (listener.has(key) && address.isPresent() && !fitting.isInstance(address.get())) {
      String found = key + " options with the address " + Words.quote(address.get().uri());
      reading.problems().add(listener.line(key), listener.path(key), found, "none");
    }
  }
}
