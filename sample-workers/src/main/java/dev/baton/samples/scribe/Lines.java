package dev.baton.samples.scribe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The file that all lines go to, which can be another one from some line on. Thread-safe. */
final class Lines {
  private FileChannel file;

  Lines(FileChannel file) {
    this.file = file;
  }

  /** When it returns, no line is on its way to the file before. */
  synchronized void replace(FileChannel next) {
    file = next;
  }

  /**
   * One write for the whole line; a second one could land behind another worker's line.
   *
   * @return whether it was written whole
   */
  synchronized boolean append(ByteBuffer line) throws IOException {
    file.write(line);
    return !line.hasRemaining();
  }
}
