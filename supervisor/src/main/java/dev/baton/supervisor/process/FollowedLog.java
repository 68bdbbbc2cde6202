package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What of one log file was printed already. Used by one thread. */
final class FollowedLog {
  /** Bytes of one read. */
  static final int CHUNK = 64 * 1024;

  /** Farther behind than this, all but the last chunk is skipped. */
  static final int FAR_BEHIND = 1024 * 1024;

  /** A longer line is printed in pieces. */
  static final int LINE_MAX = 8 * 1024;

  private final Path file;
  private final UnaryOperator<String> form;
  private final Consumer<String> out;
  private final byte[] line = new byte[LINE_MAX];
  private int length;
  private Object identity;
  private long position;
  private boolean toNextLine;

  FollowedLog(Path file, UnaryOperator<String> form, long position, Consumer<String> out) {
    this.file = file;
    this.form = form;
    this.identity = identity(file);
    this.position = position;
    this.out = out;
  }

  /**
   * Prints the next lines, of one chunk at most. What was moved aside, as rotation does, is read to
   * its end first, and left once its successor is written to.
   *
   * @return whether there is more
   */
  boolean advance(ByteBuffer chunk) throws IOException {
    Object now = identity(file);
    if (identity == null || identity.equals(now)) {
      identity = now;
      return advance(file, chunk);
    }
    boolean successor = now != null && Files.size(file) > 0; // looked at before the old one's end
    Optional<Path> old = moved();
    if (old.isPresent() && advance(old.get(), chunk)) {
      return true;
    }
    if (old.isPresent() && !successor) {
      return false;
    }
    if (now == null) {
      throw new NoSuchFileException(file.toString());
    }
    identity = now;
    position = 0;
    return true;
  }

  /** Whether it was moved aside, and is to be read to its end. */
  boolean rotated() throws IOException {
    return identity != null && moved().isPresent();
  }

  /** Where the file is now that had the name. */
  private Optional<Path> moved() throws IOException {
    String name = file.getFileName() + "*";
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(file.getParent(), name)) {
      for (Path sibling : siblings) {
        if (!sibling.equals(file) && identity.equals(identity(sibling))) {
          return Optional.of(sibling);
        }
      }
    }
    return Optional.empty();
  }

  /** Device and inode; null when there is no such file. */
  private static Object identity(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  private boolean advance(Path file, ByteBuffer chunk) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < position) { // emptied by somebody
        position = 0;
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
    out.accept(form.apply("… " + bytes + " bytes skipped"));
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
    out.accept(form.apply(SafeText.line(line, 0, length)));
    length = 0;
  }

  /** How far it is printed, in bytes, to the end of a line. */
  long reached() {
    return position - length;
  }

  /** Prints a line that has no end yet. */
  void flush() {
    if (length > 0) {
      emit();
    }
  }
}
