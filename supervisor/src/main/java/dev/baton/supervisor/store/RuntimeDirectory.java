package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of one supervisor's sockets, state and logs. It belongs to us alone; others may pass
 * through (0711), since a worker under another user must reach the adoption socket. One supervisor
 * at a time has its lock.
 */
public final class RuntimeDirectory implements AutoCloseable {
  private static final String PASS_THROUGH = "rwx--x--x";
  private static final String LOCK = "supervisor.lock";

  private final Path path;
  private final RuntimeLock lock;

  private RuntimeDirectory(Path path, RuntimeLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the folder and its subfolders where they are missing, takes the lock, and removes the
   * sockets of a supervisor that died here. Waits up to half a second for the lock.
   *
   * @param path absolute
   * @throws RuntimeDirectoryException when it cannot be had: another supervisor runs on it (named
   *     by pid), it is not ours, it cannot be made
   */
  public static RuntimeDirectory open(Posix posix, Path path) throws RuntimeDirectoryException {
    Path folder = path.normalize();
    RuntimeLock lock = null;
    try {
      RuntimeDirectory plain = new RuntimeDirectory(folder, null);
      plain.checkLength();
      SafeFolders.make(folder, PASS_THROUGH);
      lock = RuntimeLock.take(posix, folder.resolve(LOCK)).orElse(null);
      if (lock == null) {
        throw new RuntimeDirectoryException(
            "another supervisor"
                + runningPid(folder).map(RuntimeDirectory::words).orElse("")
                + " runs on "
                + folder);
      }
      SafeFolders.make(plain.logs(), "rwxr-x---");
      SafeFolders.make(plain.evidence(), PASS_THROUGH);
      SafeFolders.make(plain.releases(), PASS_THROUGH);
      removeSocket(plain.adminSocket());
      removeSocket(plain.adoptionSocket());
      return new RuntimeDirectory(folder, lock);
    } catch (RuntimeDirectoryException e) {
      release(lock, e);
      throw e;
    } catch (IOException e) {
      release(lock, e);
      throw new RuntimeDirectoryException("runtime directory " + folder + ": " + IoWords.of(e), e);
    }
  }

  /**
   * The folder that this process has had as another program, whose admin socket is gone and whose
   * adoption socket is not. Consumes the lock's descriptor.
   *
   * @throws RuntimeDirectoryException when it is not as it was left
   */
  public static RuntimeDirectory inherited(Path path, OwnedFd lock)
      throws RuntimeDirectoryException {
    Path folder = path.normalize();
    try {
      RuntimeDirectory directory =
          new RuntimeDirectory(folder, RuntimeLock.inherited(lock, folder.resolve(LOCK)));
      removeSocket(directory.adminSocket());
      return directory;
    } catch (IOException e) {
      throw new RuntimeDirectoryException("runtime directory " + folder + ": " + IoWords.of(e), e);
    }
  }

  /** The number of the lock's descriptor, which stays the same as long as it is held. */
  public int lockNumber() {
    return lock.number();
  }

  private static void release(RuntimeLock lock, Exception failure) {
    try (lock) {
      return;
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void checkLength() throws RuntimeDirectoryException {
    int length = adoptionSocket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SockAddr.UNIX_PATH_MAX) {
      throw new RuntimeDirectoryException(
          "runtime directory "
              + path
              + ": the path of its socket "
              + adoptionSocket().getFileName()
              + " has "
              + length
              + " bytes; a socket's path has at most "
              + SockAddr.UNIX_PATH_MAX);
    }
  }

  private static void removeSocket(Path socket) throws IOException, RuntimeDirectoryException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!SocketFile.isSocket(socket)) {
      throw new RuntimeDirectoryException(
          socket + " is not a socket; it is left alone: remove it and start again");
    }
    Files.deleteIfExists(socket);
  }

  private static String words(long pid) {
    return pid == 0 ? "" : ", pid " + pid + ",";
  }

  /**
   * The pid of the supervisor that runs on a directory; 0 when one does but its pid cannot be read;
   * empty when none does. Waits up to half a second for one that is just starting.
   */
  public static Optional<Long> runningPid(Path directory) throws IOException {
    return RuntimeLock.holder(directory.normalize().resolve(LOCK));
  }

  /** The folder itself, absolute. */
  public Path path() {
    return path;
  }

  /** The operators' socket. */
  public Path adminSocket() {
    return path.resolve("admin.sock");
  }

  /** The socket where workers whose supervisor has died find the next one. */
  public Path adoptionSocket() {
    return path.resolve("adoption.sock");
  }

  /** The folder of the workers' output. */
  public Path logs() {
    return path.resolve("logs");
  }

  /** The file with all decisions of the open server. */
  public Path auditLog() {
    return logs().resolve("audit.log");
  }

  /** The folder of heap dumps, crash files and thread dumps. */
  public Path evidence() {
    return path.resolve("evidence");
  }

  /** The folder of the copied class paths. */
  public Path releases() {
    return path.resolve("releases");
  }

  /** The folder from which the next supervisor learns what this one ran. */
  public Path state() {
    return path.resolve(StateFolder.NAME);
  }

  /**
   * Removes the sockets and gives the lock back; logs, evidence, releases and state stay. Further
   * calls do nothing.
   */
  @Override
  public void close() throws IOException {
    if (lock == null || !lock.isHeld()) {
      return;
    }
    try (lock) {
      Files.deleteIfExists(adminSocket());
      Files.deleteIfExists(adoptionSocket());
    }
  }
}
