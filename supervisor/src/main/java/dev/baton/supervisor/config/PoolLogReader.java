package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.Optional;

/** Reads the {@code log} section of a pool. */
final class PoolLogReader {
  private static final long SMALLEST = 4 << 10;
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final String SIZE = "a size such as 64m, at least 4k, or 0 for none";

  private PoolLogReader() {}

  static PoolLogConfig read(Reading reading, Section section) {
    PoolLogConfig otherwise = PoolLogConfig.DEFAULTS;
    PoolLogConfig.To to = section.constant("to", PoolLogConfig.To.class).orElse(otherwise.to());
    for (String key : new String[] {"maxSize", "maxAge", "keep"}) {
      if (to == PoolLogConfig.To.INHERIT && section.has(key)) {
        String found = key + " with to: inherit, which has no file";
        reading.problems().add(section.line(key), section.path(key), found, "none");
      }
    }
    PoolLogConfig log =
        new PoolLogConfig(
            to,
            section.parsed("maxSize", SIZE, PoolLogReader::size).orElse(otherwise.maxSize()),
            section.duration("maxAge", Duration.ZERO, LONGEST).orElse(otherwise.maxAge()),
            section.integer("keep", 1, 1000, otherwise.keep()));
    if (!log.maxAge().isZero() && log.maxAge().compareTo(SHORTEST) < 0) {
      String found = Durations.format(log.maxAge());
      String key = section.path("maxAge");
      reading.problems().add(section.line("maxAge"), key, found, "0 or at least 1 minute");
    }
    section.finish();
    return log;
  }

  private static Optional<Long> size(String text) {
    return Sizes.parse(text).stream()
        .boxed()
        .findFirst()
        .filter(size -> size == 0 || size >= SMALLEST);
  }
}
