package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether another user gets at a file, as far as permission bits tell ({@code path_resolution(7)}):
 * {@code access(2)} answers for ourselves alone. A right that a group has counts for everybody,
 * since the user may be in it, and since an access control list shows there.
 */
final class Reach {
  private static final int EXECUTE = 1;
  private static final int READ = 4;
  private static final int PERMISSIONS = 07777;

  private final int uid;

  private Reach(int uid) {
    this.uid = uid;
  }

  /**
   * What keeps a user from reading a file, in words; empty when nothing is in the way, or nothing
   * can be said.
   *
   * @param path absolute
   */
  static Optional<String> obstacle(Path path, WorkerUser user) {
    if (user.uid() == 0) {
      return Optional.empty();
    }
    try {
      return new Reach(user.uid()).obstacle(path).map(text -> user + " " + text);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> obstacle(Path path) throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    addParents(path, folders);
    Path real = path.toRealPath();
    addParents(real, folders);
    for (Path folder : folders) {
      if (!admits(folder, EXECUTE)) {
        return Optional.of("cannot reach " + path + ": " + folder + words(folder));
      }
    }
    boolean folder = Files.isDirectory(real);
    return admits(real, folder ? EXECUTE : READ)
        ? Optional.empty()
        : Optional.of("cannot read " + path + ", which" + words(real));
  }

  private static void addParents(Path path, Set<Path> into) {
    Path parent = path.getParent();
    if (parent != null) {
      addParents(parent, into);
      into.add(parent);
    }
  }

  private boolean admits(Path path, int right) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid");
    int mode = (Integer) attributes.get("mode");
    if ((Integer) attributes.get("uid") == uid) {
      return (mode >> 6 & right) != 0;
    }
    return ((mode >> 3 | mode) & right) != 0;
  }

  private static String words(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return " has mode " + Integer.toOctalString(mode & PERMISSIONS);
  }
}
