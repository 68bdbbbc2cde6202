package dev.baton.supervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the kernel silently caps (proc(5), listen(2), socket(7)); each is empty if it cannot be
 * told, as in a container that does not show it.
 *
 * @param somaxconn {@code net.core.somaxconn}: the longest backlog
 * @param rmemMax {@code net.core.rmem_max}: the largest receive buffer in bytes
 * @param wmemMax {@code net.core.wmem_max}: the largest send buffer in bytes
 */
public record KernelLimits(OptionalLong somaxconn, OptionalLong rmemMax, OptionalLong wmemMax) {

  private static final Path FOLDER = Path.of("proc/sys/net/core");

  /** Those of this machine, or rather of this network namespace; reads three small files. */
  public static KernelLimits read() {
    return read(Path.of("/"));
  }

  static KernelLimits read(Path root) {
    Path folder = root.resolve(FOLDER);
    return new KernelLimits(
        number(folder.resolve("somaxconn")),
        number(folder.resolve("rmem_max")),
        number(folder.resolve("wmem_max")));
  }

  /** What a configuration asks for and will not get, one sentence each. */
  public List<String> warnings(BatonConfig config) {
    List<String> warnings = new ArrayList<>();
    for (ListenerConfig listener : config.listeners().values()) {
      // The default means as many as the kernel allows.
      if (listener.backlog() != ListenerConfig.DEFAULT_BACKLOG) {
        check(warnings, listener, "backlog", listener.backlog(), somaxconn, "somaxconn");
      }
      UdpOptions udp = listener.udp();
      check(warnings, listener, "udp.receiveBuffer", udp.receiveBuffer(), rmemMax, "rmem_max");
      check(warnings, listener, "udp.sendBuffer", udp.sendBuffer(), wmemMax, "wmem_max");
    }
    return warnings;
  }

  private static void check(
      List<String> warnings,
      ListenerConfig listener,
      String key,
      int wanted,
      OptionalLong most,
      String limit) {
    if (most.isPresent() && wanted > most.getAsLong()) {
      warnings.add(
          "listener %s has a %s of %d, above net.core.%s: the kernel caps it at %d"
              .formatted(listener.name(), key, wanted, limit, most.getAsLong()));
    }
  }

  private static OptionalLong number(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
