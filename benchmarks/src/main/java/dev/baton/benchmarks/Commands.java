package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Programs of the machine that are compared with or that measure. */
final class Commands {
  /** Where servers are that an ordinary user's PATH leaves out. */
  private static final String SBIN = "/usr/local/sbin:/usr/sbin";

  private Commands() {}

  /** Where it is installed; empty when it is neither on the PATH nor in a usual sbin. */
  static Optional<Path> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path, SBIN)
        .flatMap(Pattern.compile(":")::splitAsStream)
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Where it is installed.
   *
   * @param packages of Debian that have it
   * @throws IOException naming what to install
   */
  static Path require(String name, String packages) throws IOException {
    return find(name)
        .orElseThrow(
            () ->
                new IOException(
                    "there is no " + name + " on the PATH (apt-get install " + packages + ")"));
  }
}
