package dev.baton.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Set;

/** What the supervisor gives a plugin. Thread-safe. */
public interface WorkerContext {
  /** Who this worker is. */
  WorkerIdentity identity();

  /**
   * The plugin's own configuration as a record or bean of the plugin. A key that is missing gives
   * null, 0 or false; a {@link java.time.Duration} is written as {@code 500ms}, {@code 2s}, {@code
   * 5m}, {@code 1h} or {@code 1d}; enum constants in any case.
   *
   * @throws IllegalArgumentException naming the key that is unknown or does not fit
   */
  <T> T config(Class<T> type);

  /** The plugin's own configuration as it is in the file; empty when there is none. */
  Map<String, Object> config();

  /** The names of the listeners that were offered. */
  Set<String> listeners();

  /** The names of the held files that were offered. */
  Set<String> files();

  /**
   * Takes over a listener. It is bound and listening, shared with the supervisor and other workers;
   * closing it closes this worker's copy only. Never call {@code shutdown} on it. It is
   * non-blocking for the kernel, which {@code java.nio} hides. The same object for every call. Ask
   * before {@link #ready()}: what nobody asked for is closed then, while what the supervisor offers
   * later stays. A revoked listener is closed.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name
   * @throws IOException when the descriptor cannot be made a channel
   */
  ServerSocketChannel listener(String name) throws IOException;

  /**
   * Takes over a held file. It shares the supervisor's open file description, the offset included
   * (APUE 17.4). The same object for every call.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name
   */
  FileChannel file(String name) throws IOException;

  /**
   * Says "I serve": the only proof of readiness. Once.
   *
   * @throws IllegalStateException when it was said before
   */
  void ready();

  /** One line about the plugin's own state, for {@code baton status}. */
  void status(String text);
}
