package dev.baton.supervisor.config;

import java.time.Duration;

/**
 * Where the output of a pool's workers goes.
 *
 * @param to which way
 * @param maxSize bytes after which a file is put aside; 0: never
 * @param maxAge time after which a file is put aside that is not empty; zero: never
 * @param keep how many files of one run that were put aside stay, 1 to 1000
 */
public record PoolLogConfig(To to, long maxSize, Duration maxAge, int keep) {

  /** What a pool without a {@code log} section has. */
  public static final PoolLogConfig DEFAULTS =
      new PoolLogConfig(To.FILE, 100L << 20, Duration.ZERO, 5);

  /** The ways. */
  public enum To {
    /** A file for each run, of which the supervisor shows the lines. */
    FILE,
    /** The same; the supervisor shows the lines as JSON. */
    JSON,
    /** The supervisor's own output, without a file. */
    INHERIT
  }
}
