package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.FileStatus;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;

/**
 * What a descriptor leads to, whoever holds it: a socket keeps its number over every copy ({@code
 * sockfs}), so two descriptors with the same one are copies of each other; a file may as well have
 * been opened twice.
 *
 * @param device major in the upper half, minor in the lower
 * @param number on that device; not used again while somebody has it open
 */
public record Inode(long device, long number) {
  private static final int LOW_MAJOR = 0xfff;
  private static final int LOW_MINOR = 0xff;

  /** Of an open descriptor; the call does not block where that is a socket. */
  public static Inode of(Posix posix, OwnedFd fd) throws SysException {
    FileStatus status = new FileStatus();
    fd.use(n -> posix.statx(n, status));
    return new Inode(status.device(), status.inode());
  }

  /**
   * From the numbers of {@code stat(2)}.
   *
   * @param packed the device as glibc packs it ({@code makedev(3)})
   */
  public static Inode ofStat(long packed, long number) {
    long major = packed >>> 8 & LOW_MAJOR | packed >>> 32 & ~LOW_MAJOR;
    long minor = packed & LOW_MINOR | packed >>> 12 & 0xffffffffL & ~LOW_MINOR;
    return new Inode(major << 32 | minor & 0xffffffffL, number);
  }
}
