package dev.baton.supervisor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The folder that everything runs from; the launcher names it in {@code baton.home}. */
final class Home {
  /** The name of the worker runtime's class-data archive in the folder {@code baton.archives}. */
  static final String WORKER_ARCHIVE = "worker.jsa";

  private Home() {}

  /** The folder itself. */
  static Path path() {
    return Path.of(System.getProperty("baton.home", "")).toAbsolutePath();
  }

  /**
   * The jar that a worker JVM gets.
   *
   * @throws IOException when the installation lacks it
   */
  static Path workerRuntime() throws IOException {
    Path folder = path().resolve("lib/worker");
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*-runtime.jar")) {
        for (Path jar : jars) {
          return jar;
        }
      }
    }
    throw new IOException("this installation is not whole: no worker runtime jar in " + folder);
  }

  /** The worker runtime's class-data archive for this very JVM, where there is one. */
  static Optional<Path> workerArchive() {
    return Optional.ofNullable(System.getProperty("baton.archives"))
        .map(folder -> Path.of(folder, WORKER_ARCHIVE))
        .filter(Files::isRegularFile);
  }

  /** The command by which this program was started, which may lead to another one by now. */
  static Optional<Path> launcher() {
    return Optional.ofNullable(System.getProperty("baton.launcher")).map(Path::of);
  }

  /** The {@code java} command of this very JVM. */
  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
