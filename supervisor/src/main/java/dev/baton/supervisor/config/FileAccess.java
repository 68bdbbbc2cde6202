package dev.baton.supervisor.config;

/** How a held file is opened (open(2)). */
public enum FileAccess {
  /** {@code O_RDONLY}; {@code read} in the file. */
  READ,
  /** {@code O_WRONLY}; {@code write} in the file. */
  WRITE,
  /** {@code O_RDWR}; {@code read-write} in the file. */
  READ_WRITE,
  /** {@code O_WRONLY | O_APPEND}: every write goes to the end; {@code append} in the file. */
  APPEND
}
