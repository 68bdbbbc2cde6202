package dev.baton.supervisor.store;

import dev.baton.supervisor.store.ClassPathEntries.Content;
import dev.baton.supervisor.store.ClassPathEntries.Expanded;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Copies of plugins' class paths, one folder per content: {@code <pool>/<hash>/}. A JVM breaks when
 * a jar is overwritten while it runs from it, so workers never run from the files that a build
 * writes.
 *
 * <p>A jar whose manifest has a {@code Class-Path} is copied without the jars named there: they
 * must be on the configured class path.
 *
 * <p>Does blocking file I/O, on large class paths for seconds. Not thread-safe; the store expects
 * to be the only one at work in its folder.
 */
public final class ReleaseStore {
  private static final int HASH_DIGITS = 16;
  private static final int ATTEMPTS = 3;
  private static final String TEMPORARY = ".new-";

  /**
   * Workers under another user get to what they are told of, and nobody sees what else there is.
   */
  private static final Set<PosixFilePermission> PASS_THROUGH =
      PosixFilePermissions.fromString("rwx--x--x");

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("r--r--r--");

  private final Path releases;
  private final ContentHashes hashes = new ContentHashes(ContentHashes.SETTLED);

  /**
   * A store in an existing folder.
   *
   * @param releases absolute
   */
  public ReleaseStore(Path releases) {
    this.releases = releases;
  }

  /** A source changed between being hashed and being copied. */
  private static final class ChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    ChangedException(Path file) {
      super(file + " keeps changing while it is copied");
    }
  }

  /** What keeps a class path from being copied, a line each; empty when nothing does. */
  public static List<String> problems(List<String> classPath) {
    try {
      ClassPathEntries.expand(classPath);
      return List.of();
    } catch (ReleaseException e) {
      return e.getMessage().lines().toList();
    }
  }

  /**
   * Copies a class path, unless the same content is there already.
   *
   * @param classPath jars, folders, and globs whose last element has a {@code *}
   * @throws ReleaseException when an entry is missing, a glob matches nothing, or a copy fails
   */
  public Release snapshot(String pool, List<String> classPath) throws ReleaseException {
    for (int attempt = 1; ; attempt++) {
      Expanded expanded = ClassPathEntries.expand(classPath);
      try {
        return snapshot(pool, expanded);
      } catch (ChangedException e) {
        if (attempt == ATTEMPTS) {
          throw new ReleaseException("class path of pool " + pool + ": " + e.getMessage(), e);
        }
      } catch (IOException e) {
        throw new ReleaseException("class path of pool " + pool + " cannot be copied: " + e, e);
      }
    }
  }

  private Release snapshot(String pool, Expanded expanded) throws IOException {
    Map<Content, String> contents = new TreeMap<>(Comparator.comparing(Content::target));
    for (Content file : expanded.files()) {
      contents.put(file, hashes.of(file.source()));
    }
    String hash = hash(expanded, contents);
    Path release = releases.resolve(pool).resolve(hash);
    if (!isWhole(release, expanded)) {
      FolderTrees.delete(release);
      copy(release, expanded, contents);
    }
    Files.setPosixFilePermissions(release.getParent(), PASS_THROUGH);
    Files.setLastModifiedTime(release, FileTime.from(Instant.now())); // used last
    return new Release(
        pool, hash, release, expanded.roots().stream().map(release::resolve).toList());
  }

  /**
   * A copy that was made before.
   *
   * @throws ReleaseException when it is not there any more
   */
  public Release find(String pool, ReleaseHistory.Entry entry) throws ReleaseException {
    Path folder = releases.resolve(pool).resolve(entry.hash());
    List<Path> classPath = entry.roots().stream().map(folder::resolve).toList();
    for (Path root : classPath) {
      if (!Files.exists(root)) {
        throw new ReleaseException(
            "release " + entry.hash() + " of pool " + pool + " is not kept any more");
      }
    }
    return new Release(pool, entry.hash(), folder, classPath);
  }

  /** Which releases the pool has had. */
  public ReleaseHistory history(String pool) throws IOException {
    Path folder = releases.resolve(pool);
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PASS_THROUGH);
    return new ReleaseHistory(folder);
  }

  private static String hash(Expanded expanded, Map<Content, String> contents) {
    MessageDigest digest = ContentHashes.digest();
    expanded.folders().forEach(folder -> update(digest, "folder " + folder));
    contents.forEach((file, hash) -> update(digest, hash + ' ' + file.target()));
    return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
  }

  private static void update(MessageDigest digest, String line) {
    digest.update(line.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  /** Whether a copy is there and complete: a machine that lost power may have kept half of it. */
  private static boolean isWhole(Path release, Expanded expanded) throws IOException {
    if (!Files.isDirectory(release)) {
      return false;
    }
    for (Content file : expanded.files()) {
      Path copy = release.resolve(file.target());
      if (!Files.isRegularFile(copy) || Files.size(copy) != Files.size(file.source())) {
        return false;
      }
    }
    return expanded.folders().stream().allMatch(f -> Files.isDirectory(release.resolve(f)));
  }

  private void copy(Path release, Expanded expanded, Map<Content, String> contents)
      throws IOException {
    Path pool = release.getParent();
    Files.createDirectories(pool);
    Path temporary = Files.createTempDirectory(pool, TEMPORARY);
    try {
      Files.setPosixFilePermissions(temporary, FOLDER);
      for (Path folder : expanded.folders()) {
        folder(temporary.resolve(folder));
      }
      for (Map.Entry<Content, String> entry : contents.entrySet()) {
        Path source = entry.getKey().source();
        Path target = temporary.resolve(entry.getKey().target());
        folder(target.getParent());
        try (OutputStream out = Files.newOutputStream(target)) {
          if (!hashes.copy(source, out).equals(entry.getValue())) {
            hashes.forget(source);
            throw new ChangedException(source);
          }
        }
        Files.setPosixFilePermissions(target, FILE);
      }
      Files.move(temporary, release, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      deleteQuietly(temporary, e);
      throw e;
    }
  }

  /** Makes a folder that workers under another user can read, whatever the umask. */
  private static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      folder(folder.getParent());
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, FOLDER);
    }
  }

  private static void deleteQuietly(Path folder, Exception failure) {
    try {
      FolderTrees.delete(folder);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Deletes old releases of a pool, and what broken-off copies left.
   *
   * @param hashesInUse those that workers run from; they stay
   * @param newest how many of the others stay, the most lately used
   */
  public void keepOnly(String pool, Set<String> hashesInUse, int newest) throws IOException {
    Path folder = releases.resolve(pool);
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> unused = new ArrayList<>();
    try (DirectoryStream<Path> there = Files.newDirectoryStream(folder)) {
      for (Path release : there) {
        String name = release.getFileName().toString();
        if (name.startsWith(TEMPORARY)) {
          FolderTrees.delete(release);
        } else if (Files.isDirectory(release) && !hashesInUse.contains(name)) {
          unused.add(release);
        }
      }
    }
    for (Path release : latestFirst(unused).skip(Math.max(0, newest)).toList()) {
      FolderTrees.delete(release);
    }
  }

  private static Stream<Path> latestFirst(List<Path> releases) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    for (Path release : releases) {
      times.put(release, Files.getLastModifiedTime(release));
    }
    return times.entrySet().stream()
        .sorted(Map.Entry.<Path, FileTime>comparingByValue().reversed())
        .map(Map.Entry::getKey);
  }
}
