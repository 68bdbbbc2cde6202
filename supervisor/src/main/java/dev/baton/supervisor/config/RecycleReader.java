package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads when the workers of a pool are recycled. */
final class RecycleReader {
  private static final int MOST = 1_000_000_000;
  private static final Duration LONGEST = Duration.ofDays(365);

  /** No JVM is smaller; what is written without a unit by mistake mostly is. */
  private static final long LEAST_MEMORY = 1 << 20;

  private static final String MEMORY = "0, or a size of at least 1m, such as 512m or 2g";

  private RecycleReader() {}

  /** Reads the section, which may be empty. */
  static RecycleConfig read(Section section) {
    RecycleConfig recycle =
        new RecycleConfig(
            section.duration("maxAge", Duration.ZERO, LONGEST).orElse(Duration.ZERO),
            section.integer("maxConnections", 0, MOST, 0),
            section.integer("maxRequests", 0, MOST, 0),
            section.parsed("maxMemory", MEMORY, RecycleReader::memory).orElse(0L),
            section.parsed("schedule", CronSchedule.FORM, CronSchedule::parse));
    section.finish();
    return recycle;
  }

  private static Optional<Long> memory(String text) {
    OptionalLong bytes = Sizes.parse(text);
    return bytes.isPresent() && (bytes.getAsLong() == 0 || bytes.getAsLong() >= LEAST_MEMORY)
        ? Optional.of(bytes.getAsLong())
        : Optional.empty();
  }
}
