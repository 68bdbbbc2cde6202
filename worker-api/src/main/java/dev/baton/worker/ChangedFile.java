package dev.baton.worker;

import java.nio.channels.FileChannel;

/**
 * A held file that was opened anew. Closing it closes the old copy.
 *
 * @param now the new copy
 * @param before the old one
 */
record ChangedFile(FileChannel now, Offered before) implements AutoCloseable {
  @Override
  public void close() {
    before.close();
  }
}
