package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The programs to compare with that are part of the checkout, compiled on the spot. */
final class References {
  private static final String SOURCES = "benchmarks/src/main";

  private final Path sources;
  private final Path folder;

  /**
   * @param checkout the sources
   * @param folder where the programs go
   * @throws IOException when there is no checkout
   */
  References(Optional<Path> checkout, Path folder) throws IOException {
    sources =
        checkout
            .map(path -> path.resolve(SOURCES))
            .filter(Files::isDirectory)
            .orElseThrow(() -> new IOException("the sources are needed: --checkout"));
    this.folder = folder;
  }

  /**
   * Compiles {@code c/NAME.c}.
   *
   * @throws IOException with the compiler's words, or when there is none
   */
  Path compile(String name) throws IOException, InterruptedException {
    Path gcc = Commands.require("gcc", "gcc libc6-dev");
    Path program = folder.resolve(name);
    Path source = sources.resolve("c/" + name + ".c");
    List<String> command =
        List.of(gcc.toString(), "-O2", "-Wall", "-o", program.toString(), source.toString());
    Counting.output(command);
    return program;
  }

  /** A script of {@code node}. */
  Path node(String name) {
    return sources.resolve("node/" + name + ".js");
  }
}
