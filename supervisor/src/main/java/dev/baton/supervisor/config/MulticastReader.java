package dev.baton.supervisor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the groups that a UDP listener joins, and sees what would never bring a datagram, or bring
 * it several times.
 */
final class MulticastReader {

  private static final String GROUP =
      "a multicast address, such as 239.1.2.3 or ff02::fb, without a zone";

  /** The kernel's names have at most 15 bytes (IFNAMSIZ). */
  private static final Pattern INTERFACE = Pattern.compile("[!-.0-~]{1,15}");

  private final Reading reading;
  private final Section section;
  private final List<Value> groups = new ArrayList<>();

  MulticastReader(Reading reading, Section section) {
    this.reading = reading;
    this.section = section;
  }

  /** The groups, each once. */
  List<String> groups() {
    List<String> seen = new ArrayList<>();
    for (Value value : section.values("multicast", Substitution.Scope.NOW, GROUP)) {
      if (!Hosts.group(value.text())) {
        reading.refuse(value, GROUP);
      } else if (seen.contains(Hosts.canonical(value.text()))) {
        reading.refuse(value, "each group once");
      } else {
        seen.add(Hosts.canonical(value.text()));
        groups.add(value);
      }
    }
    return groups.stream().map(Value::text).toList();
  }

  /** The interface on which they are joined. */
  Optional<String> network() {
    Optional<String> name =
        section.parsed(
            "multicastInterface",
            "the name of a network interface, such as eth0",
            text -> Optional.of(text).filter(t -> INTERFACE.matcher(t).matches()));
    if (name.isPresent() && !section.has("multicast")) {
      refuse("multicastInterface", "an interface without groups", "none, or groups in multicast");
    }
    return name;
  }

  /** Whether what is sent to the groups arrives at this address, and once. */
  void check(UdpAddress address, boolean ipv6Only, ListenerMode mode) {
    if (!groups.isEmpty() && mode == ListenerMode.REUSEPORT) {
      // Seen on Linux: every socket of a SO_REUSEPORT group gets a copy.
      String allowed = "none, or mode: shared, as every slot would get every datagram";
      refuse("multicast", "groups with mode reuseport", allowed);
    }
    groups.forEach(group -> check(group, address, ipv6Only));
  }

  private void check(Value group, UdpAddress address, boolean ipv6Only) {
    String host = Hosts.canonical(address.host());
    boolean anyIpv6 = host.equals(Hosts.canonical("*"));
    boolean anyIpv4 = host.equals("0.0.0.0");
    boolean ipv4 = Hosts.ipv4(group.text());
    boolean named = !Hosts.ipv4(host) && !Hosts.ipv6(host);
    boolean arrives =
        named
            || host.equals(Hosts.canonical(group.text()))
            || (ipv4 ? anyIpv4 || anyIpv6 && !ipv6Only : anyIpv6);
    if (!arrives) {
      String only = ipv6Only ? " and ipv6Only" : "";
      String found = group.words() + " with the address " + address.uri() + only;
      String allowed =
          "a group whose datagrams arrive there: use the address *, or the group's own";
      reading.problems().add(group.line(), group.path(), found, allowed);
    }
  }

  private void refuse(String key, String found, String allowed) {
    reading.problems().add(section.line(key), section.path(key), found, allowed);
  }
}
