package dev.baton.supervisor.store;

import dev.baton.sys.Errno;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an operator reads of a failure of the JDK's file functions, which hide errno in a type. */
final class IoWords {
  private IoWords() {}

  static String of(IOException e) {
    if (e instanceof SysException) {
      return e.getMessage();
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": " + Errno.describe(Errno.EACCES.number());
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": " + Errno.describe(Errno.ENOENT.number());
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getFile() + ": " + f.getReason();
    }
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
