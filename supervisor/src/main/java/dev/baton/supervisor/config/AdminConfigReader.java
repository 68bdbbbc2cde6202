package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Optional;

/** Reads {@code admin}: the operators' side by TCP. */
final class AdminConfigReader {
  private static final String ALLOWED =
      "tcp://HOST:PORT with a loopback address (127.0.0.1, [::1] or localhost), port 0 to 65535";

  private final Reading reading;
  private final ListenerReader listeners;
  private final Path runtimeDir;

  /**
   * For one file.
   *
   * @param listeners which has read all of them: an address is taken once
   */
  AdminConfigReader(Reading reading, ListenerReader listeners, Path runtimeDir) {
    this.reading = reading;
    this.listeners = listeners;
    this.runtimeDir = runtimeDir;
  }

  /** Empty if the file has none, or after a problem with its address was added. */
  Optional<AdminConfig> read(Section root) {
    if (root.raw("admin").filter(node -> !node.isNull()).isEmpty()) {
      return Optional.empty();
    }
    Section section = root.section("admin");
    Optional<TcpAddress> address = section.required("address", ALLOWED).flatMap(this::address);
    Path token =
        section
            .value("tokenFile", Substitution.Scope.NOW, "a path")
            .flatMap(reading::path)
            .orElse(runtimeDir.resolve(AdminConfig.DEFAULT_TOKEN_FILE));
    section.finish();
    return address.map(found -> new AdminConfig(found, token));
  }

  private Optional<TcpAddress> address(Value value) {
    Optional<TcpAddress> found =
        AddressReader.internet(value.text())
            .filter(TcpAddress.class::isInstance)
            .map(TcpAddress.class::cast)
            .filter(address -> loopback(address.host()));
    if (found.isEmpty()) {
      reading.refuse(value, ALLOWED);
    }
    found.ifPresent(address -> listeners.checkFree(value, address));
    return found;
  }

  private static boolean loopback(String host) {
    String canonical = Hosts.canonical(host);
    return host.equals("localhost")
        || canonical.equals(Hosts.canonical("::1"))
        || host.matches("127\\.[0-9.]+");
  }
}
