package dev.baton.fd;

import dev.baton.sys.Errno;
import dev.baton.sys.FileStatus;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Optional;

/**
 * What leads back to a descriptor after a channel of the JDK has taken it: its number and what it
 * named, so that a number that was closed and given to something else is not mistaken for it.
 * Immutable.
 */
public final class FdTrace {
  private final Posix posix;
  private final int number;
  private final FileStatus named;

  private FdTrace(Posix posix, int number, FileStatus named) {
    this.posix = posix;
    this.number = number;
    this.named = named;
  }

  /** Of a descriptor that is about to be taken; it stays its owner's. */
  public static FdTrace of(Posix posix, OwnedFd fd) throws SysException {
    FileStatus named = new FileStatus();
    fd.use(n -> posix.statx(n, named));
    return new FdTrace(posix, fd.<Integer, RuntimeException>borrow(n -> n), named);
  }

  /**
   * A copy for the caller to close (F_DUPFD_CLOEXEC); empty when the channel has closed it.
   *
   * @throws SysException when no number is left for one
   */
  public Optional<OwnedFd> copy(String label) throws SysException {
    OwnedFd copy;
    try {
      copy = OwnedFd.of(posix, posix.duplicate(number), label);
    } catch (SysException e) {
      if (e.errno() == Errno.EBADF) {
        return Optional.empty();
      }
      throw e;
    }
    FileStatus now = new FileStatus();
    try {
      copy.use(n -> posix.statx(n, now));
    } catch (SysException e) {
      copy.close();
      throw e;
    }
    if (now.device() == named.device() && now.inode() == named.inode()) {
      return Optional.of(copy);
    }
    copy.close();
    return Optional.empty();
  }
}
