package dev.baton.supervisor.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the addresses of {@code connect} and {@code bind}. A host name is refused: whoever answers
 * for it could widen the policy.
 */
final class AddressRuleReader {

  private static final String HOST =
      " (* for any host, an IPv4 address, [an IPv6 address], or one of them with /BITS; ";
  private static final String CONNECT =
      "tcp://HOST:PORTS or udp://HOST:PORTS"
          + HOST
          + "ports 80, 8000-8099 or *), unix:PATH or unix:@NAME";
  private static final String BIND =
      "tcp://HOST:PORTS or udp://HOST:PORTS"
          + HOST
          + "ports 80, 8000-8099, * or 0, with which the kernel chooses)";

  private static final Pattern INTERNET =
      Pattern.compile(
          "(tcp|udp)://(\\*|(?:\\[([0-9A-Fa-f:.]{2,45})]|([0-9.]{7,15}))(?:/([0-9]{1,3}))?):(.*)");
  private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

  private final Reading reading;

  AddressRuleReader(Reading reading) {
    this.reading = reading;
  }

  /** The addresses to which connections may be made. */
  List<AddressRule> connect(Section section) {
    List<AddressRule> rules = new ArrayList<>();
    for (Value value : section.values("connect", Substitution.Scope.NOW, CONNECT)) {
      Optional<AddressRule> rule =
          value.text().startsWith("unix:") ? local(value) : internet(value, CONNECT);
      if (rule.filter(found -> found.ports().to() == 0).isPresent()) {
        reading.refuse(value, CONNECT);
      } else {
        rule.ifPresent(rules::add);
      }
    }
    return OpenRuleReader.bounded(reading, section, "connect", rules);
  }

  /** The addresses that may be bound. */
  List<AddressRule> bind(Section section) {
    List<AddressRule> rules = new ArrayList<>();
    for (Value value : section.values("bind", Substitution.Scope.NOW, BIND)) {
      internet(value, BIND).ifPresent(rules::add);
    }
    return OpenRuleReader.bounded(reading, section, "bind", rules);
  }

  private Optional<AddressRule> local(Value value) {
    String name = value.text().substring("unix:".length());
    return new AddressReader(reading)
        .unixName(value, name, CONNECT)
        .map(
            found ->
                new AddressRule(
                    RequestedAddress.UNIX,
                    Optional.empty(),
                    PortRange.ANY,
                    Optional.of(found),
                    "unix:" + found));
  }

  private Optional<AddressRule> internet(Value value, String allowed) {
    Matcher matcher = INTERNET.matcher(value.text());
    if (!matcher.matches()) {
      reading.refuse(value, allowed);
      return Optional.empty();
    }
    boolean any = matcher.group(2).equals("*");
    Optional<Network> hosts = any ? Optional.empty() : network(value, matcher, allowed);
    Optional<PortRange> ports = ports(matcher.group(6));
    if (ports.isEmpty()) {
      reading.refuse(value, allowed);
    }
    if (ports.isEmpty() || !any && hosts.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AddressRule(matcher.group(1), hosts, ports.get(), Optional.empty(), value.text()));
  }

  private Optional<Network> network(Value value, Matcher matcher, String allowed) {
    Optional<InetAddress> address = address(matcher.group(3), matcher.group(4));
    if (address.isEmpty()) {
      reading.refuse(value, allowed);
      return Optional.empty();
    }
    int bits = address.get().getAddress().length * 8;
    int prefix = matcher.group(5) == null ? bits : Integer.parseInt(matcher.group(5));
    if (prefix > bits) {
      reading.refuse(value, "at most /" + bits + " after this address");
      return Optional.empty();
    }
    Network network = Network.around(address.get(), prefix);
    if (!Arrays.equals(network.address(), address.get().getAddress())) {
      reading.refuse(value, network + ", the network that this address is in, or another prefix");
      return Optional.empty();
    }
    return Optional.of(network);
  }

  private static Optional<InetAddress> address(String ipv6, String ipv4) {
    if (!(ipv6 == null ? Hosts.ipv4(ipv4) : Hosts.ipv6(ipv6))) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(ipv6 == null ? ipv4 : '[' + ipv6 + ']'));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Port 0 stands alone or is meant by *: the port that the kernel chooses may be any. */
  private static Optional<PortRange> ports(String text) {
    if (text.equals("*")) {
      return Optional.of(PortRange.ANY);
    }
    Matcher matcher = PORTS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int from = Integer.parseInt(matcher.group(1));
    int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
    boolean good = from <= to && to <= 65535 && (from > 0 || to == 0);
    return good ? Optional.of(new PortRange(from, to)) : Optional.empty();
  }
}
