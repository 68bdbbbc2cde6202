package dev.baton.supervisor.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The name of a UNIX-domain socket (unix(7); APUE 17.2): an absolute path, or {@code @} and an
 * abstract name, which is in no file system and ends with its socket.
 *
 * @param text as the configuration writes it after the scheme, a path already absolute; at most
 *     {@link #MAX_BYTES} bytes (the {@code @} not counted) when it comes from a configuration
 */
public record UnixName(String text) {

  /**
   * The longest name in bytes of UTF-8: {@code sun_path} has 108 of them; the last one of a path,
   * and the first one of an abstract name, is a NUL.
   */
  public static final int MAX_BYTES = 107;

  /** Refuses a relative path, which would mean another socket after a change of directory. */
  public UnixName {
    Objects.requireNonNull(text, "text");
    if (text.startsWith("@")) {
      if (text.length() == 1 || text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("not an abstract name: " + text);
      }
    } else if (!absolute(text)) {
      throw new IllegalArgumentException("not an absolute path: " + text);
    }
  }

  /** The name of a socket file. */
  public static UnixName of(Path path) {
    return new UnixName(path.toString());
  }

  private static boolean absolute(String text) {
    try {
      return Path.of(text).isAbsolute();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether it is an abstract name: there is no file, and no permissions. */
  public boolean isAbstract() {
    return text.startsWith("@");
  }

  /**
   * The socket file.
   *
   * @throws IllegalStateException when the name is abstract
   */
  public Path path() {
    if (isAbstract()) {
      throw new IllegalStateException("an abstract name is no path: " + text);
    }
    return Path.of(text);
  }

  /**
   * The abstract name without the {@code @}.
   *
   * @throws IllegalStateException when the name is a path
   */
  public String abstractName() {
    if (!isAbstract()) {
      throw new IllegalStateException("a path is no abstract name: " + text);
    }
    return text.substring(1);
  }

  /** The length as the kernel counts it, in bytes of UTF-8. */
  int length() {
    String counted = isAbstract() ? abstractName() : text;
    return counted.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public String toString() {
    return text;
  }
}
