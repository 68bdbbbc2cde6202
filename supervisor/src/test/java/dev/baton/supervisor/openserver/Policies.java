package dev.baton.supervisor.openserver;

import dev.baton.supervisor.config.AddressRule;
import dev.baton.supervisor.config.FileKind;
import dev.baton.supervisor.config.Network;
import dev.baton.supervisor.config.OpenAccess;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.OpenRule;
import dev.baton.supervisor.config.PortRange;
import dev.baton.supervisor.config.UnixName;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Policies for tests. */
final class Policies {
  private Policies() {}

  /** Everything below a folder, regular files, no links. */
  static OpenRule all(Path root) {
    return rule(root, EnumSet.allOf(OpenAccess.class));
  }

  static OpenRule rule(Path root, Set<OpenAccess> access) {
    return new OpenRule(root, access, Optional.empty(), false, EnumSet.of(FileKind.FILE));
  }

  static OpenRule following(Path root) {
    return new OpenRule(
        root, EnumSet.allOf(OpenAccess.class), Optional.empty(), true, EnumSet.of(FileKind.FILE));
  }

  static OpenRule kinds(Path root, FileKind first, FileKind... more) {
    return new OpenRule(
        root, EnumSet.allOf(OpenAccess.class), Optional.empty(), false, EnumSet.of(first, more));
  }

  static OpenRule matching(Path root, String glob) {
    return new OpenRule(
        root, EnumSet.allOf(OpenAccess.class), Optional.of(glob), false, EnumSet.of(FileKind.FILE));
  }

  static OpenPolicyConfig open(OpenRule... rules) {
    return open(OpenLimits.DEFAULTS, rules);
  }

  static OpenPolicyConfig open(OpenLimits limits, OpenRule... rules) {
    return new OpenPolicyConfig(List.of(rules), List.of(), List.of(), limits);
  }

  static OpenPolicyConfig connect(AddressRule... rules) {
    return new OpenPolicyConfig(List.of(), List.of(rules), List.of(), OpenLimits.DEFAULTS);
  }

  static OpenPolicyConfig bind(AddressRule... rules) {
    return new OpenPolicyConfig(List.of(), List.of(), List.of(rules), OpenLimits.DEFAULTS);
  }

  /** {@code tcp://127.0.0.1:*} and the like. */
  static AddressRule loopback(String scheme, PortRange ports) {
    Network network = new Network(new byte[] {127, 0, 0, 1}, 32);
    String text = scheme + "://127.0.0.1:" + ports;
    return new AddressRule(scheme, Optional.of(network), ports, Optional.empty(), text);
  }

  static AddressRule everywhere(String scheme, PortRange ports) {
    return new AddressRule(
        scheme, Optional.empty(), ports, Optional.empty(), scheme + "://*:" + ports);
  }

  static AddressRule unix(String name) {
    return new AddressRule(
        "unix", Optional.empty(), PortRange.ANY, Optional.of(new UnixName(name)), "unix:" + name);
  }
}
