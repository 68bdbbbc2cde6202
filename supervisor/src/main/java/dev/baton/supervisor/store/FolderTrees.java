package dev.baton.supervisor.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;

/** Whole folders. */
public final class FolderTrees {
  private static final int MOST_DEPTH = 100;

  private FolderTrees() {}

  /**
   * Deletes a folder or file with all that is in it; none is fine. Links are deleted and never
   * followed, also when somebody who may write in there exchanges a folder for a link meanwhile:
   * each step goes from an open folder to a name in it ({@code openat(2)}, {@code unlinkat(2)}).
   *
   * @param root in a folder that only we can write to
   * @throws IOException also for folders nested more than 100 deep, of which each takes a
   *     descriptor
   */
  public static void delete(Path root) throws IOException {
    Path absolute = root.toAbsolutePath();
    try (SecureDirectoryStream<Path> parent = open(absolute.getParent())) {
      delete(parent, absolute, 0);
    } catch (NoSuchFileException e) {
      return; // no parent, no child
    } catch (FileSystemException e) { // which names the last element alone
      throw new IOException(absolute + " cannot be deleted: " + e.getMessage(), e);
    }
  }

  private static SecureDirectoryStream<Path> open(Path folder) throws IOException {
    return (SecureDirectoryStream<Path>) Files.newDirectoryStream(folder); // so it is on Linux
  }

  private static void delete(SecureDirectoryStream<Path> parent, Path entry, int depth)
      throws IOException {
    Path name = entry.getFileName();
    try {
      if (!isFolder(parent, name)) {
        parent.deleteFile(name);
        return;
      }
      if (depth == MOST_DEPTH) {
        throw new IOException(entry + " is nested too deep to be deleted by us");
      }
      try (SecureDirectoryStream<Path> inner =
          parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        for (Path one : inner) {
          delete(inner, entry.resolve(one.getFileName()), depth + 1);
        }
      }
      parent.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      return; // somebody else was quicker
    }
  }

  private static boolean isFolder(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    return parent
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isDirectory();
  }

  /** The bytes of all regular files in a folder, not following links; what vanishes counts 0. */
  public static long size(Path root) throws IOException {
    long[] sum = new long[1];
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
            sum[0] += a.isRegularFile() ? a.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }
}
