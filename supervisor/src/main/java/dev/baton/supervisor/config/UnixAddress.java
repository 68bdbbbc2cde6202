package dev.baton.supervisor.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The path of a UNIX-domain stream socket.
 *
 * @param path absolute, at most {@link #MAX_PATH_BYTES} bytes when it comes from a configuration
 */
public record UnixAddress(Path path) implements ListenAddress {

  /**
   * The longest path in bytes: {@code sun_path} has 108 of them and the last one is a NUL (unix(7);
   * APUE 17.2).
   */
  public static final int MAX_PATH_BYTES = 107;

  /** Refuses a relative path, which would mean another socket after a change of directory. */
  public UnixAddress {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("not an absolute path: " + path);
    }
  }

  @Override
  public String uri() {
    return "unix:" + path;
  }

  /** The length of a path as the kernel counts it, in bytes of UTF-8. */
  static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
