package dev.baton.supervisor.process;

import dev.baton.supervisor.core.WorkerId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How files name a worker: {@code hello-0.3} is {@code hello/0#3}, and {@code hello-0} its slot.
 *
 * <p>The dot keeps the two apart: with another dash {@code a-1-2} would be both run 2 of {@code
 * a/1} and the slot 2 of a pool {@code a-1}. Names of pools have no dot.
 */
final class RunName {
  private static final Pattern RUN = Pattern.compile("(.+)-(\\d{1,9})\\.(\\d{1,9})");

  private RunName() {}

  static String of(WorkerId id) {
    return ofSlot(id.pool(), id.slot()) + '.' + id.run();
  }

  static String ofSlot(String pool, int slot) {
    return pool + '-' + slot;
  }

  /** The worker of a file whose name is that of a run and a suffix; empty for any other file. */
  static Optional<WorkerId> parse(String name, String suffix) {
    if (!name.endsWith(suffix)) {
      return Optional.empty();
    }
    Matcher m = RUN.matcher(name.substring(0, name.length() - suffix.length()));
    return m.matches()
        ? Optional.of(
            new WorkerId(m.group(1), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3))))
        : Optional.empty();
  }
}
