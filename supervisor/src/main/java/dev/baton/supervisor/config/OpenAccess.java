package dev.baton.supervisor.config;

/** What an {@link OpenRule} lets a requester do with the files that it covers. */
public enum OpenAccess {
  /** Open for reading; {@code read} in the file. */
  READ,
  /** Open for writing, truncating and appending; {@code write} in the file. */
  WRITE,
  /** Open for writing with {@code O_APPEND} only; {@code append} in the file. */
  APPEND,
  /** Create what does not exist; {@code create} in the file. */
  CREATE
}
