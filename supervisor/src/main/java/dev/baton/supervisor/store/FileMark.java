package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.sys.FileStatus;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;

/**
 * By what an open file is known to have changed ({@code statx(2)}).
 *
 * @param device that it is on
 * @param inode its number there; not used again while we have it open
 * @param size in bytes; 0 for a file that workers write
 * @param modified nanoseconds since 1970; 0 for a file that workers write
 */
record FileMark(long device, long inode, long size, long modified) {
  private static final int O_PATH = 010000000;

  /**
   * Of what a path leads to now, which is not opened.
   *
   * @throws SysException when there is nothing
   */
  static FileMark of(Posix posix, FileConfig file) throws SysException {
    int number = posix.open(file.path().toString(), O_PATH, 0);
    try (OwnedFd fd = OwnedFd.of(posix, number, "path:" + file.name())) {
      return of(posix, fd, file.access());
    }
  }

  /** What workers themselves write changes all the time, and is nothing that they need be told. */
  static FileMark of(Posix posix, OwnedFd fd, FileAccess access) throws SysException {
    FileStatus status = new FileStatus();
    fd.use(n -> posix.statx(n, status));
    boolean content = access == FileAccess.READ;
    return new FileMark(
        status.device(),
        status.inode(),
        content ? status.size() : 0,
        content ? status.modified() : 0);
  }
}
