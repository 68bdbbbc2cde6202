package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/** What of one log file was printed already. Used by one thread. */
final class FollowedLog {
  /** Bytes of one read. */
  static final int CHUNK = 64 * 1024;

  /** Farther behind than this, all but the last chunk is skipped. */
  static final int FAR_BEHIND = 1024 * 1024;

  /** A longer line is printed in pieces. */
  static final int LINE_MAX = 8 * 1024;

  private final Path file;
  private final String prefix;
  private final Consumer<String> out;
  private final byte[] line = new byte[LINE_MAX];
  private int length;
  private long position;
  private boolean toNextLine;

  FollowedLog(Path file, String prefix, long position, Consumer<String> out) {
    this.file = file;
    this.prefix = prefix;
    this.position = position;
    this.out = out;
  }

  /**
   * Prints the next lines, of one chunk at most.
   *
   * @return whether there is more
   */
  boolean advance(ByteBuffer chunk) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < position) { // emptied by somebody
        position = size;
      }
      if (size - position > FAR_BEHIND) {
        skip(size - position - CHUNK);
      }
      chunk.clear();
      int read = channel.read(chunk, position);
      if (read <= 0) {
        return false;
      }
      position += read;
      print(chunk.array(), read);
      return position < size;
    }
  }

  private void skip(long bytes) {
    flush();
    out.accept(prefix + "… " + bytes + " bytes skipped");
    position += bytes;
    toNextLine = true;
  }

  private void print(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        if (!toNextLine) {
          emit();
        }
        toNextLine = false;
      } else if (!toNextLine) {
        if (length == LINE_MAX) {
          emit();
        }
        line[length++] = bytes[i];
      }
    }
  }

  private void emit() {
    out.accept(prefix + SafeText.line(line, 0, length));
    length = 0;
  }

  /** Prints a line that has no end yet. */
  void flush() {
    if (length > 0) {
      emit();
    }
  }
}
