package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Objects;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file the file as the operator named it
 * @param line the line, counted from 1; 0 if the problem has none (an unreadable file)
 * @param key the path of the key, such as {@code pools.hello.workers}; empty if it concerns the
 *     file as a whole
 * @param found what stands there, in words
 * @param allowed what may stand there, in words
 */
public record Problem(Path file, int line, String key, String found, String allowed) {

  /** All parts are required; {@code key} may be empty. */
  public Problem {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(found, "found");
    Objects.requireNonNull(allowed, "allowed");
  }

  /** One line of text: {@code FILE:LINE: KEY: found FOUND, allowed: ALLOWED}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(file).append(':');
    if (line > 0) {
      text.append(line).append(':');
    }
    if (!key.isEmpty()) {
      text.append(' ').append(key).append(':');
    }
    return text.append(" found ").append(found).append(", allowed: ").append(allowed).toString();
  }
}
