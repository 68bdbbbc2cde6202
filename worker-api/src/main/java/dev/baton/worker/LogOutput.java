package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;

/**
 * Descriptors 1 and 2 of this process, which are its log. Whatever writes to them, in Java or not,
 * goes on without noticing: each {@code write(2)} reaches the old file or the new one, whole.
 */
final class LogOutput {
  private static final int[] OUTPUTS = {1, 2};

  private final Posix posix;

  LogOutput(Posix posix) {
    this.posix = posix;
  }

  /** Puts a copy of {@code file} in place of both; {@code file} stays the caller's. */
  void replace(OwnedFd file) throws SysException {
    file.<Void, SysException>borrow(
        number -> {
          for (int output : OUTPUTS) {
            posix.duplicateOnto(number, output);
          }
          return null;
        });
  }
}
