package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;

/**
 * A held file that is open. Owns the descriptor.
 *
 * @param config by which it was opened
 * @param fd the supervisor's own
 * @param mark what it was when it was opened
 * @param since when that was, as {@link System#nanoTime} tells it
 */
record OpenFile(FileConfig config, OwnedFd fd, FileMark mark, long since) implements AutoCloseable {
  /** Opens it; may block as {@code open(2)} does on a network's file system. */
  static OpenFile open(Posix posix, FileConfig config) throws UnavailableException {
    return of(posix, config, FileOpener.open(posix, config));
  }

  /** With a descriptor of the very file; consumes it. */
  static OpenFile of(Posix posix, FileConfig config, OwnedFd fd) throws UnavailableException {
    try {
      return new OpenFile(config, fd, FileMark.of(posix, fd, config.access()), System.nanoTime());
    } catch (SysException e) {
      fd.close();
      throw new UnavailableException(e, "");
    }
  }

  Inode inode() {
    return new Inode(mark.device(), mark.inode());
  }

  HeldFile held() {
    return new HeldFile(config.name(), config.path(), config.access());
  }

  @Override
  public void close() {
    fd.close();
  }
}
