package dev.baton.ipc;

import dev.baton.sys.Errno;
import dev.baton.sys.SysException;
import java.io.IOException;

/** A UNIX-domain socket could not be had: which, why, and the kernel's error number. */
public final class UnixSocketException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  UnixSocketException(String what, SysException cause) {
    super(what + ": " + cause.getMessage(), cause);
    this.errno = cause.errno();
  }

  UnixSocketException(String what, Errno errno) {
    super(what);
    this.errno = errno;
  }

  /** The error number; EADDRINUSE where a name is taken, ETIMEDOUT where a time limit ended it. */
  public Errno errno() {
    return errno;
  }
}
