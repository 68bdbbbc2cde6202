package dev.baton.benchmarks;

import dev.baton.load.Target;

/** Something that answers requests and is measured. */
interface Server extends AutoCloseable {
  /** What progress lines call it. */
  String name();

  /** Where it listens. */
  Target target();

  /** The CPU time of all its processes. */
  CpuClock cpu();

  /** Ends its processes. */
  @Override
  void close();
}
