package dev.baton.supervisor.journal;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.OpenFlags;
import dev.baton.sys.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file that lines are appended to, and that is put aside when it is full. After a failure, and
 * after it was moved or removed by somebody else, the next append opens it anew. One thread.
 */
public final class RotatingFile implements Closeable {
  private static final int APPEND =
      Constants.O_WRONLY | Constants.O_CREAT | Constants.O_APPEND | OpenFlags.NOFOLLOW;
  private static final int PERMISSIONS = 0640;

  private final Posix posix = Posix.system();
  private final Path file;
  private final long most;
  private final int kept;
  private FileChannel channel;
  private Object identity;
  private long size;
  private boolean torn;

  /**
   * @param most bytes of one file
   * @param kept how many old ones are kept, {@code .1} the youngest
   */
  public RotatingFile(Path file, long most, int kept) {
    this.file = file;
    this.most = most;
    this.kept = kept;
  }

  /** Appends whole lines. */
  public void append(ByteBuffer lines) throws IOException {
    try {
      if (channel != null && !identity.equals(identity())) {
        close();
        torn = false;
      }
      if (channel == null) {
        open();
      }
      if (size > 0 && size + lines.remaining() > most) {
        rotate();
      }
      if (torn) { // half a line is there
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        torn = false;
      }
      while (lines.hasRemaining()) {
        size += channel.write(lines);
      }
    } catch (IOException e) {
      torn = channel != null;
      close();
      throw e;
    }
  }

  private void open() throws IOException {
    // Not by the JDK, which leaves what it opens to every program that is started.
    int number = posix.open(file.toString(), APPEND, PERMISSIONS);
    channel = Adoption.file(OwnedFd.of(posix, number, file.toString()), false, true);
    size = channel.size();
    identity = identity();
  }

  /** Device and inode of what has the name; nothing equals it when nothing has. */
  private Object identity() throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return new Object();
    }
  }

  private void rotate() throws IOException {
    close();
    for (int i = kept - 1; i > 0; i--) {
      if (Files.exists(old(i), LinkOption.NOFOLLOW_LINKS)) {
        Files.move(old(i), old(i + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(file, old(1), StandardCopyOption.REPLACE_EXISTING);
    torn = false;
    open();
  }

  private Path old(int i) {
    return file.resolveSibling(file.getFileName() + "." + i);
  }

  @Override
  public void close() throws IOException {
    FileChannel closing = channel;
    channel = null;
    if (closing != null) {
      closing.close();
    }
  }
}
