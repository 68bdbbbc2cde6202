package dev.baton.benchmarks;

import dev.baton.load.Target;
import java.util.Optional;

/** Something that answers requests and is measured. */
interface Server extends AutoCloseable {
  /** What progress lines call it. */
  String name();

  /** Where it listens. */
  Target target();

  /** The CPU time of all its processes. */
  CpuClock cpu();

  /** That of the process that accepts for others; empty when each worker accepts by itself. */
  default Optional<CpuClock> handOffCpu() {
    return Optional.empty();
  }

  /** Ends its processes. */
  @Override
  void close();
}
