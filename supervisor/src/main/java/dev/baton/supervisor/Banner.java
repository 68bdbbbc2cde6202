package dev.baton.supervisor;

import dev.baton.supervisor.cli.BatonVersion;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.store.HeldListener;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The first lines of a foreground run: what listens where, and how to ask for more. */
final class Banner {
  private Banner() {}

  static String of(BatonConfig config, List<HeldListener> listeners, Path admin) {
    StringBuilder text = new StringBuilder();
    text.append("Baton ").append(BatonVersion.current());
    text.append(", instance ").append(config.name());
    text.append(", pid ").append(ProcessHandle.current().pid()).append('\n');
    for (HeldListener l : listeners) {
      text.append(
          String.format("  %-12s %s  ->  %s%n", l.name(), l.address(), pools(config, l.name())));
    }
    text.append("  status:      bin/baton status --conf ").append(config.file()).append('\n');
    text.append("  or:          curl --unix-socket ")
        .append(admin)
        .append(" http://localhost/v1/status\n");
    text.append("  Ctrl-C stops in order, twice at once\n");
    return text.toString();
  }

  private static String pools(BatonConfig config, String listener) {
    String users =
        config.pools().values().stream()
            .filter(p -> p.listeners().contains(listener))
            .map(PoolConfig::name)
            .collect(Collectors.joining(", "));
    return users.isEmpty() ? "nobody" : users;
  }
}
