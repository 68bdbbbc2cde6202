package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.O_APPEND;
import static dev.baton.sys.Constants.O_CREAT;
import static dev.baton.sys.Constants.O_NONBLOCK;
import static dev.baton.sys.Constants.O_RDONLY;
import static dev.baton.sys.Constants.O_RDWR;
import static dev.baton.sys.Constants.O_WRONLY;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a held file ({@code open(2)}). */
final class FileOpener {
  /** O_NOCTTY: a terminal must not become the supervisor's. */
  private static final int O_NOCTTY = 0400;

  private FileOpener() {}

  /**
   * Opens it.
   *
   * @throws UnavailableException with what the operator should know
   */
  static OwnedFd open(Posix posix, FileConfig file) throws UnavailableException {
    Path path = file.path();
    try {
      if (Files.isDirectory(path)) {
        throw new SysException("open", Errno.EISDIR.number()); // O_RDONLY would admit a folder
      }
      // A FIFO without a peer would block the supervisor in open; later its readers may block.
      int flags = access(file) | (file.create() ? O_CREAT : 0) | O_NOCTTY | O_NONBLOCK;
      int number = posix.open(path.toString(), flags, file.permissions());
      OwnedFd fd = OwnedFd.of(posix, number, "file:" + file.name());
      try {
        fd.use(n -> posix.setStatusFlags(n, posix.statusFlags(n) & ~O_NONBLOCK));
        return fd;
      } catch (SysException e) {
        fd.close();
        throw e;
      }
    } catch (SysException e) {
      throw new UnavailableException(e, hint(e, file));
    }
  }

  static int access(FileConfig file) {
    return switch (file.access()) {
      case READ -> O_RDONLY;
      case WRITE -> O_WRONLY;
      case READ_WRITE -> O_RDWR;
      case APPEND -> O_WRONLY | O_APPEND;
    };
  }

  private static String hint(SysException e, FileConfig file) {
    Path folder = file.path().getParent();
    return switch (e.errno()) {
      case ENOENT ->
          folder != null && !Files.isDirectory(folder)
              ? "the folder " + folder + " does not exist"
              : file.create() ? "" : "create: true would make it";
      case EACCES -> "we may not open it to " + Words.of(file.access());
      default -> "";
    };
  }
}
