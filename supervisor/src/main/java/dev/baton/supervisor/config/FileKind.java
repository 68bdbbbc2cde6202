package dev.baton.supervisor.config;

/** What kind of file an {@link OpenRule} covers (inode(7)). Sockets cannot be opened at all. */
public enum FileKind {
  /** A regular file; {@code file} in the file. */
  FILE,
  /** A directory; {@code directory} in the file. */
  DIRECTORY,
  /** A named pipe; {@code fifo} in the file. */
  FIFO,
  /** A character or block device; {@code device} in the file. */
  DEVICE
}
