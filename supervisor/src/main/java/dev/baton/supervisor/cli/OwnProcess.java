package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.CpuSet;
import dev.baton.supervisor.config.ResourceLimit;
import dev.baton.supervisor.process.OwnRights;
import dev.baton.supervisor.process.ProcStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What this process has and may change, of which a worker gets its part ({@code proc(5)}). What
 * cannot be told is empty.
 *
 * @param limits the lines of {@code /proc/self/limits}
 * @param nice its nice value
 * @param oomScoreAdjust its {@code oom_score_adj}
 * @param cpus those of the machine that are in use
 * @param mayLowerNice whether it may take any nice value
 * @param mayRaiseLimits whether it may raise hard limits
 */
record OwnProcess(
    List<String> limits,
    OptionalInt nice,
    OptionalInt oomScoreAdjust,
    Optional<CpuSet> cpus,
    boolean mayLowerNice,
    boolean mayRaiseLimits) {

  static OwnProcess read() {
    return new OwnProcess(
        text("/proc/self/limits").lines().toList(),
        ownNice(),
        number(text("/proc/self/oom_score_adj").strip()),
        CpuSet.parse(text("/sys/devices/system/cpu/online").strip()),
        OwnRights.lowerNice(),
        OwnRights.raiseLimits());
  }

  private static OptionalInt ownNice() {
    try {
      return OptionalInt.of(ProcStat.of(Path.of("/proc/thread-self")).nice());
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static OptionalInt number(String text) {
    try {
      return OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** The hard limit of a resource; {@link ResourceLimit#UNLIMITED} if there is none. */
  OptionalLong hardLimit(ResourceLimit limit) {
    return column(limit.label(), 1);
  }

  /** The soft limit that nice values have. */
  OptionalLong niceLimit() {
    return column("Max nice priority", 0);
  }

  private OptionalLong column(String label, int column) {
    return limits.stream()
        .filter(line -> line.startsWith(label + ' '))
        .map(line -> line.substring(label.length()).strip().split(" +"))
        .filter(columns -> columns.length > column)
        .map(columns -> columns[column])
        .filter(text -> text.matches("unlimited|[0-9]{1,18}"))
        .mapToLong(
            text -> text.equals("unlimited") ? ResourceLimit.UNLIMITED : Long.parseLong(text))
        .findFirst();
  }
}
