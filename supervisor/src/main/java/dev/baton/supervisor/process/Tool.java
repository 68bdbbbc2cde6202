package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A command that makes a worker's process what it is to be, and then becomes the worker. */
public enum Tool {
  /** User, groups, no-new-privs. */
  SETPRIV("setpriv", "util-linux"),
  /** Resource limits. */
  PRLIMIT("prlimit", "util-linux"),
  /** CPUs. */
  TASKSET("taskset", "util-linux"),
  /** The nice value. */
  NICE("nice", "coreutils"),
  /** What it takes no command for: the umask, and files of the kernel. */
  SHELL("sh", "dash");

  private static final String USUAL_PATH = "/usr/bin:/bin";

  private final String command;
  private final String source;

  Tool(String command, String source) {
    this.command = command;
    this.source = source;
  }

  /**
   * Where it is.
   *
   * @param key of a pool, which needs it
   * @param path folders as in PATH; null for the usual ones
   * @throws IOException for the operator, if it is in none of them
   */
  public Path find(String key, String path) throws IOException {
    String folders = path == null || path.isEmpty() ? USUAL_PATH : path;
    return Stream.of(folders.split(":"))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "a pool with `%s` needs %s (Debian: %s); it is in none of %s"
                        .formatted(key, command, source, folders)));
  }
}
