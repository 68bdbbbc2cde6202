package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.O_CREAT;
import static dev.baton.sys.Constants.O_RDWR;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock of a runtime directory: a record lock ({@code fcntl(2)}, F_SETLK) on a file that has the
 * holder's pid in it. The kernel frees it when the holder dies.
 *
 * <p>A process loses such a lock when it closes <em>any</em> descriptor of the file. So the file is
 * never opened a second time by the process that holds it; {@link #HELD} knows.
 */
final class RuntimeLock implements AutoCloseable {
  /** How long a lock may be held before we believe it: one who only asks holds it for a moment. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
  private static final int DIGITS = 20;
  private static final Charset ASCII = StandardCharsets.US_ASCII;

  private final Path file;
  private final FileChannel channel;
  private final int number;

  private RuntimeLock(Path file, FileChannel channel, int number) {
    this.file = file;
    this.channel = channel;
    this.number = number;
  }

  /**
   * Takes the lock.
   *
   * @return the lock, or empty when another process (or this one) has it
   */
  static Optional<RuntimeLock> take(Posix posix, Path file) throws IOException {
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    RuntimeLock lock = null;
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      do {
        lock = attempt(posix, file);
      } while (lock == null && pause(deadline));
      return Optional.ofNullable(lock);
    } finally {
      if (lock == null) {
        HELD.remove(file);
      }
    }
  }

  /**
   * The lock that this process has had as another program: a record lock stays over an exec, as
   * long as its descriptor does ({@code fcntl(2)}). Consumes it.
   */
  static RuntimeLock inherited(OwnedFd fd, Path file) throws IOException {
    int number = fd.numberDoNotKeep();
    HELD.add(file);
    return new RuntimeLock(file, Adoption.file(fd, true, true), number);
  }

  /** The number of the file, which stays open as long as the lock is held. */
  int number() {
    return number;
  }

  private static RuntimeLock attempt(Posix posix, Path file) throws IOException {
    // Not opened by the JDK, which would not make it close-on-exec.
    int number = posix.open(file.toString(), O_CREAT | O_RDWR, 0644);
    OwnedFd fd = OwnedFd.of(posix, number, "lock:" + file);
    Map<String, Object> opened;
    try {
      opened = Files.readAttributes(Path.of("/proc/self/fd/" + number), "unix:dev,ino");
    } catch (IOException e) {
      fd.close();
      throw e;
    }
    FileChannel channel = Adoption.file(fd, true, true);
    try {
      // One who held it may have unlinked the file between our open and our lock.
      if (channel.tryLock() != null && opened.equals(attributes(file))) {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(ASCII)), 0);
        return new RuntimeLock(file, channel, number);
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  private static Map<String, Object> attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, "unix:dev,ino");
    } catch (NoSuchFileException e) {
      return Map.of();
    }
  }

  /**
   * The pid of the process that has the lock; empty when nobody has it. 0 when it is held but the
   * file does not say by whom.
   */
  static Optional<Long> holder(Path file) throws IOException {
    if (HELD.contains(file)) {
      return Optional.of(ProcessHandle.current().pid());
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long pid;
    do {
      // For reading, so with a shared lock, which two who ask can have at once.
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        if (isFree(channel)) {
          return Optional.empty();
        }
        pid = pidIn(channel);
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
    } while (pid == 0 && pause(deadline)); // taken, but the pid is not written yet
    return Optional.of(pid);
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try (FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return true; // another thread of this process asks the same
    }
  }

  private static long pidIn(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(DIGITS);
    channel.read(text, 0);
    String digits = new String(text.array(), 0, text.position(), ASCII).strip();
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }

  private static boolean pause(long deadline) {
    LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    return System.nanoTime() - deadline < 0 && !Thread.currentThread().isInterrupted();
  }

  boolean isHeld() {
    return channel.isOpen();
  }

  /** Removes the file while it is still locked, then lets go. */
  @Override
  public void close() throws IOException {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      Files.deleteIfExists(file);
    } finally {
      HELD.remove(file);
    }
  }
}
