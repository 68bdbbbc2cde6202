package dev.baton.supervisor.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** What an operator deploys: a jar, or a folder of jars or classes. Does blocking file I/O. */
public final class DeployedFiles {
  private DeployedFiles() {}

  /**
   * The class path that it makes: a jar alone; of a folder with jars those in it and in its {@code
   * lib}, each in the order of their names, and the folder itself where there are classes in it.
   *
   * @throws ReleaseException when it is neither
   */
  public static List<String> classPath(Path path) throws ReleaseException {
    try {
      if (Files.isDirectory(path)) {
        return folder(path);
      }
      if (!Files.exists(path)) {
        throw new ReleaseException(path + " does not exist");
      }
      check(path);
      return List.of(path.toString());
    } catch (IOException e) {
      throw new ReleaseException(path + " cannot be read: " + IoWords.of(e), e);
    }
  }

  private static List<String> folder(Path folder) throws IOException, ReleaseException {
    List<Path> jars = new ArrayList<>(jars(folder));
    if (Files.isDirectory(folder.resolve("lib"))) {
      jars.addAll(jars(folder.resolve("lib")));
    }
    for (Path jar : jars) {
      check(jar);
    }
    List<String> all = new ArrayList<>();
    if (hasClasses(folder)) {
      all.add(folder.toString());
    }
    jars.forEach(j -> all.add(j.toString()));
    if (all.isEmpty()) {
      throw new ReleaseException(folder + " has neither jars nor classes in it");
    }
    return all;
  }

  private static List<Path> jars(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.jar")) {
      all.forEach(found::add);
    }
    found.sort(null);
    return found;
  }

  private static boolean hasClasses(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.anyMatch(p -> p.toString().endsWith(".class"));
    }
  }

  private static void check(Path jar) throws ReleaseException {
    try (JarFile opened = new JarFile(jar.toFile(), false)) {
      if (opened.size() == 0) {
        throw new ReleaseException(jar + " is an empty jar");
      }
    } catch (IOException e) {
      throw new ReleaseException(
          jar
              + " is no jar ("
              + e.getMessage()
              + "); allowed: a jar, or a folder of jars or classes",
          e);
    }
  }
}
