package dev.baton.supervisor.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A configured class path, expanded to what is in the file system. */
final class ClassPathEntries {
  private ClassPathEntries() {}

  /**
   * One file of a class path and where it goes.
   *
   * @param source the file
   * @param target its place in the release, relative: {@code 00-app.jar} or {@code
   *     01-classes/x/Y.class}
   */
  record Content(Path source, Path target) {}

  /**
   * An expanded class path.
   *
   * @param roots the entries in order, relative to the release
   * @param folders the roots that are folders, empty ones too
   * @param files every file, in a stable order
   */
  record Expanded(List<Path> roots, List<Path> folders, List<Content> files) {}

  /**
   * Expands jars, folders and globs. A glob has {@code *} in its last element and stands for the
   * regular files that match, sorted by name; {@code *} alone stands for all jars, as on Java's
   * command line.
   *
   * @throws ReleaseException with every entry that is missing or empty
   */
  static Expanded expand(List<String> classPath) throws ReleaseException {
    List<String> problems = new ArrayList<>();
    List<Path> sources = new ArrayList<>();
    for (String entry : classPath) {
      try {
        sources.addAll(expand(entry, problems));
      } catch (IOException e) {
        problems.add("class path entry " + entry + ": " + e);
      }
    }
    if (!problems.isEmpty()) {
      throw new ReleaseException(problems);
    }
    Expanded all = new Expanded(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Path source : sources) {
      // The number keeps order and tells entries of equal names apart.
      String name = String.format("%02d-%s", all.roots().size(), source.getFileName());
      add(source, Path.of(name), all);
    }
    return all;
  }

  private static void add(Path source, Path root, Expanded all) throws ReleaseException {
    all.roots().add(root);
    if (!Files.isDirectory(source)) {
      all.files().add(new Content(source, root));
      return;
    }
    all.folders().add(root);
    try (Stream<Path> files = Files.walk(source, FileVisitOption.FOLLOW_LINKS)) {
      files
          .filter(Files::isRegularFile)
          .sorted()
          .map(f -> new Content(f, root.resolve(source.relativize(f).toString())))
          .forEach(all.files()::add);
    } catch (IOException | UncheckedIOException e) {
      throw new ReleaseException("class path folder " + source + " cannot be read: " + e, e);
    }
  }

  private static List<Path> expand(String entry, List<String> problems) throws IOException {
    Path path = Path.of(entry);
    Path last = path.getFileName();
    if (last == null || last.toString().indexOf('*') < 0) {
      if (!Files.exists(path)) {
        problems.add("class path entry " + entry + " does not exist");
      } else if (!Files.isReadable(path)) {
        problems.add("class path entry " + entry + " may not be read by us");
      } else if (last != null && (Files.isRegularFile(path) || Files.isDirectory(path))) {
        return List.of(path.toAbsolutePath());
      } else {
        problems.add("class path entry " + entry + " is neither a jar nor a folder");
      }
      return List.of();
    }
    Path folder = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      problems.add("class path entry " + entry + ": there is no folder " + folder);
      return List.of();
    }
    List<Path> found = matching(folder, pattern(last.toString()));
    if (found.isEmpty()) {
      problems.add("class path entry " + entry + " matches no file");
    }
    return found;
  }

  private static List<Path> matching(Path folder, Pattern pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && pattern.matcher(name).matches() && Files.isRegularFile(file)) {
          found.add(file);
        }
      }
    }
    found.sort(null);
    return found;
  }

  private static Pattern pattern(String glob) {
    if (glob.equals("*")) {
      return Pattern.compile(".*\\.jar", Pattern.CASE_INSENSITIVE);
    }
    return Pattern.compile(
        Stream.of(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }
}
