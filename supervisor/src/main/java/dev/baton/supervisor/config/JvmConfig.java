package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The JVM of a pool's workers.
 *
 * @param java the {@code java} command, absolute; empty: that of the supervisor's own JVM
 * @param options further options, each starting with {@code -}; {@link WorkerVariables} are to be
 *     expanded
 * @param heapBytes the largest heap ({@code -Xmx}) in bytes; empty: the JVM decides
 * @param defaults whether the supervisor adds its usual options (exit on lack of memory, heap dump
 *     and crash file as evidence)
 */
public record JvmConfig(
    Optional<Path> java, List<String> options, Optional<Long> heapBytes, boolean defaults) {

  /** What a pool without a {@code jvm} section has. */
  public static final JvmConfig DEFAULTS =
      new JvmConfig(Optional.empty(), List.of(), Optional.empty(), true);

  /** Copies the options. */
  public JvmConfig {
    options = List.copyOf(options);
  }
}
