package dev.baton.supervisor.openserver;

import static dev.baton.sys.Constants.AT_FDCWD;
import static dev.baton.sys.Constants.O_PATH;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.OpenFlags;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;

/**
 * {@code /proc/self/fd} ({@code proc(5)}), through whose links a file can be opened again by a
 * descriptor that only names it. Held open, so that nothing mounted later is taken for it.
 * Thread-safe.
 */
final class ProcFds implements AutoCloseable {
  private static final String PATH = "/proc/self/fd";

  private final Posix posix;
  private final OwnedFd folder;

  /** Opens it, which also shows that the kernel has {@code openat2(2)}. */
  ProcFds(Posix posix) throws SysException {
    this.posix = posix;
    byte[] path = PATH.getBytes(StandardCharsets.US_ASCII);
    int flags = O_PATH | OpenFlags.DIRECTORY;
    this.folder = OwnedFd.of(posix, posix.openat2(AT_FDCWD, path, flags, 0, 0), PATH);
  }

  /** Opens the file that a descriptor names; {@code named} is borrowed. */
  OwnedFd open(OwnedFd named, int flags) throws SysException {
    return named.borrow(
        n -> {
          byte[] name = decimal(n);
          int opened = folder.borrow(f -> posix.openat2(f, name, flags, 0, 0));
          return OwnedFd.of(posix, opened, "opened file");
        });
  }

  /** The path of a descriptor of this process, for calls that take nothing but a path. */
  static String path(int number) {
    return PATH + "/" + number;
  }

  private static byte[] decimal(int number) {
    int digits = 1;
    for (int n = number; n >= 10; n /= 10) {
      digits++;
    }
    byte[] text = new byte[digits];
    for (int n = number, i = digits - 1; i >= 0; n /= 10, i--) {
      text[i] = (byte) ('0' + n % 10);
    }
    return text;
  }

  @Override
  public void close() {
    folder.close();
  }
}
