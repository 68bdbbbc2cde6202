package dev.baton.supervisor.metrics;

import dev.baton.supervisor.process.ProcStat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the kernel tells of a process ({@code proc(5)}). Blocking, but only on the kernel: some
 * microseconds.
 *
 * @param cpuSeconds of all its threads, in the kernel, too
 * @param residentBytes the resident set, shared pages included
 * @param threads how many
 * @param descriptors open ones; empty where they may not be seen
 */
public record ProcessFigures(
    double cpuSeconds, long residentBytes, int threads, OptionalLong descriptors) {

  /**
   * {@code sysconf(_SC_CLK_TCK)}, which the kernel's interfaces have fixed on all that we run on.
   */
  private static final double TICKS_A_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  /** Empty where there is no such process, or not any more. */
  public static Optional<ProcessFigures> read(long pid) {
    Path folder = PROC.resolve(Long.toString(pid));
    try {
      ProcStat stat = ProcStat.of(folder);
      return Optional.of(
          new ProcessFigures(
              stat.ticks() / TICKS_A_SECOND,
              resident(folder.resolve("status")),
              stat.threads(),
              descriptors(folder.resolve("fd"))));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static long resident(Path status) throws IOException {
    try (Stream<String> lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElse(0); // a zombie has none
    }
  }

  private static OptionalLong descriptors(Path folder) {
    try (Stream<Path> open = Files.list(folder)) {
      return OptionalLong.of(open.count());
    } catch (IOException e) {
      return OptionalLong.empty(); // another user's (ptrace(2), access mode checking)
    }
  }
}
