package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A distribution that is the one under test but for the version of the protocol that its supervisor
 * or its workers speak: made of links, and of copies of the jars that say so.
 */
public final class OtherVersion {
  private static final Path SOURCE =
      Path.of("../worker-api/src/main/java/dev/baton/protocol/Version.java");
  private static final String CURRENT = "new Version(1, 0)";
  private static final String CLASS = "dev/baton/protocol/Version.class";

  private OtherVersion() {}

  /** Which of the two speaks another version. */
  public enum Part {
    /** The supervisor. */
    SUPERVISOR("lib/supervisor"),
    /** The workers that it starts. */
    WORKER("lib/worker");

    private final String folder;

    Part(String folder) {
      this.folder = folder;
    }
  }

  /**
   * Makes one.
   *
   * @param folder which does not exist
   * @param parts those that speak it; the other one speaks what it does
   * @return the folder
   */
  public static Path make(
      Installation installation, Path folder, int major, int minor, Set<Part> parts)
      throws IOException {
    var classes = Files.createTempDirectory(folder.getParent(), "classes");
    var text = Files.readString(SOURCE);
    if (!text.contains(CURRENT)) {
      throw new AssertionError(SOURCE + " does not say " + CURRENT);
    }
    var other = text.replace(CURRENT, "new Version(" + major + ", " + minor + ")");
    var library = jar(installation.dist().resolve("lib/supervisor"), "worker-api-");
    Compiled.into(classes, library.toString(), Map.of("dev.baton.protocol.Version", other));
    Files.createDirectories(folder.resolve("lib"));
    Files.createDirectories(folder.resolve("bin"));
    // A copy, since the launcher runs from where it is.
    Files.copy(
        installation.launcher(), folder.resolve("bin/baton"), StandardCopyOption.COPY_ATTRIBUTES);
    link(installation.dist(), folder, "samples");
    link(installation.dist(), folder, "conf");
    for (var part : Part.values()) {
      if (!parts.contains(part)) {
        link(installation.dist(), folder, part.folder);
        continue;
      }
      Files.createDirectories(folder.resolve(part.folder));
      for (var file : files(installation.dist().resolve(part.folder))) {
        var name = file.getFileName().toString();
        if (name.startsWith("worker-api-")) {
          var changed = Files.copy(file, folder.resolve(part.folder).resolve(name));
          changed.toFile().setWritable(true);
          replace(changed, classes.resolve(CLASS));
        } else {
          link(installation.dist(), folder, part.folder + '/' + name);
        }
      }
    }
    return folder;
  }

  private static void replace(Path jar, Path with) throws IOException {
    try (var inside = FileSystems.newFileSystem(jar)) {
      Files.copy(with, inside.getPath("/" + CLASS), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void link(Path from, Path to, String name) throws IOException {
    Files.createSymbolicLink(to.resolve(name), from.resolve(name));
  }

  private static Path jar(Path folder, String prefix) {
    return files(folder).stream()
        .filter(f -> f.getFileName().toString().startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }

  private static List<Path> files(Path folder) {
    try (var all = Files.list(folder)) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
