package dev.baton.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Something that can be measured. */
interface Benchmark {
  /** What the command line and the document call it. */
  String name();

  /**
   * Measures.
   *
   * @param folder an empty one for everything it writes
   * @param progress where to say what goes on
   * @throws IOException when something fails, so that there is no result
   */
  Result run(Settings settings, Path folder, PrintStream progress)
      throws IOException, InterruptedException;
}
