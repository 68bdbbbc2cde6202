package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one listener after the other, and sees when two want the same address. */
final class ListenerReader {

  private final Reading reading;
  private final UnixName adminSocket;
  private final AddressReader addresses;
  private final Map<String, String> taken = new HashMap<>();

  ListenerReader(Reading reading, Path adminSocket) {
    this.reading = reading;
    this.adminSocket = UnixName.of(adminSocket);
    this.addresses = new AddressReader(reading);
  }

  /** The listener, or empty after a problem with its address or mode was added. */
  Optional<ListenerConfig> read(String name, Section section) {
    Optional<Value> written = section.required("address", AddressReader.ALLOWED);
    Optional<ListenAddress> address = written.flatMap(addresses::read);
    address.ifPresent(found -> checkFree(name, written.get(), found));
    Optional<ListenerMode> mode = mode(section, address);
    int backlog = backlog(section, address);
    DispatchPolicy policy = policy(section, address, mode);
    SocketOptionsReader options = new SocketOptionsReader(reading, section, address);
    TcpOptions tcp = options.tcp();
    UnixOptions unix = options.unix();
    UdpOptions udp = options.udp(mode.orElse(ListenerMode.SHARED));
    section.finish();
    if (address.isEmpty() || mode.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ListenerConfig(name, address.get(), mode.get(), backlog, policy, tcp, unix, udp));
  }

  private void checkFree(String name, Value written, ListenAddress address) {
    checkFree(written, address);
    AddressReader.identity(address).ifPresent(id -> taken.putIfAbsent(id, name));
  }

  /** Refuses an address that a listener or the admin socket has. */
  void checkFree(Value written, ListenAddress address) {
    if (address.unixName().filter(adminSocket::equals).isPresent()) {
      reading.refuse(written, "another path: this one is the admin socket");
    }
    AddressReader.identity(address)
        .map(taken::get)
        .ifPresent(
            other ->
                reading.refuse(
                    written, "an address that no other listener has; " + other + " has this one"));
  }

  private Optional<ListenerMode> mode(Section section, Optional<ListenAddress> address) {
    if (!section.has("mode")) {
      return Optional.of(ListenerMode.SHARED);
    }
    Optional<ListenerMode> mode = section.constant("mode", ListenerMode.class);
    if (mode.isEmpty() || address.isEmpty()) {
      return mode;
    }
    List<ListenerMode> possible = possible(address.get());
    if (!possible.contains(mode.get())) {
      String allowed = possible.stream().map(Words::of).collect(Collectors.joining(" or "));
      refuse(section, "mode", with(Words.of(mode.get()), address.get()), allowed);
      return Optional.empty();
    }
    return mode;
  }

  /** The kernel has SO_REUSEPORT for TCP and UDP only, and a datagram cannot be handed off. */
  private static List<ListenerMode> possible(ListenAddress address) {
    return Stream.of(ListenerMode.values())
        .filter(mode -> mode != ListenerMode.REUSEPORT || address.unixName().isEmpty())
        .filter(mode -> mode != ListenerMode.DISPATCH || !address.datagram())
        .toList();
  }

  private int backlog(Section section, Optional<ListenAddress> address) {
    if (section.has("backlog") && address.filter(ListenAddress::datagram).isPresent()) {
      refuse(section, "backlog", with("a backlog", address.get()), "none");
    }
    return section.integer("backlog", 1, 65535, ListenerConfig.DEFAULT_BACKLOG);
  }

  private DispatchPolicy policy(
      Section section, Optional<ListenAddress> address, Optional<ListenerMode> mode) {
    Optional<DispatchPolicy> policy = section.constant("policy", DispatchPolicy.class);
    if (section.has("policy") && mode.filter(m -> m != ListenerMode.DISPATCH).isPresent()) {
      String found = "a policy with mode " + Words.of(mode.get());
      refuse(section, "policy", found, "none, or mode: dispatch");
    } else if (policy.filter(p -> p == DispatchPolicy.CLIENT_HASH).isPresent()
        && address.flatMap(ListenAddress::unixName).isPresent()) {
      String allowed = "round-robin or least-connections, as its clients have no address";
      refuse(section, "policy", with("client-hash", address.get()), allowed);
    }
    return policy.orElse(DispatchPolicy.ROUND_ROBIN);
  }

  private static String with(String what, ListenAddress address) {
    return what + " with the address " + Words.quote(address.uri());
  }

  private void refuse(Section section, String key, String found, String allowed) {
    reading.problems().add(section.line(key), section.path(key), found, allowed);
  }
}
