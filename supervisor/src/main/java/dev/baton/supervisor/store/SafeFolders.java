package dev.baton.supervisor.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * Makes folders that nobody else can have made before us. In a folder that everybody may write to,
 * such as {@code /tmp}, another user can create a name first and so own what we put there, or lead
 * us elsewhere by a link.
 */
final class SafeFolders {
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int LINK = 0120000;
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 0002;
  private static final int PERMISSIONS = 07777;

  private SafeFolders() {}

  private record Entry(int mode, int uid) {
    static Entry of(Path path) throws IOException {
      Map<String, Object> a =
          Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
      return new Entry((Integer) a.get("mode"), (Integer) a.get("uid"));
    }

    boolean is(int type) {
      return (mode & TYPE) == type;
    }

    boolean open() {
      return is(FOLDER) && (mode & OTHERS_WRITE) != 0;
    }

    boolean sticky() {
      return (mode & STICKY) != 0;
    }
  }

  /** The user that we are: a process owns its own folder in {@code proc(5)}. */
  static int uid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /**
   * A folder that is ours, with exactly this mode; missing parents are made with the same one.
   *
   * @param folder absolute
   * @throws RuntimeDirectoryException when somebody else owns it or could exchange it
   */
  static void make(Path folder, String mode) throws IOException, RuntimeDirectoryException {
    int uid = uid();
    Path normal = folder.normalize();
    Entry parent = Entry.of(normal.getRoot());
    Path at = normal.getRoot();
    for (Path name : normal) {
      at = at.resolve(name);
      create(at, mode);
      Entry entry = Entry.of(at);
      if (parent.open()) {
        checkInOpenFolder(at, parent, entry, uid);
      }
      if (entry.is(LINK)) {
        if (at.equals(normal)) {
          throw new RuntimeDirectoryException(at + " is a symbolic link; it must be a folder");
        }
        Path target = at.toRealPath();
        at = target;
        entry = Entry.of(target);
      }
      if (!entry.is(FOLDER)) {
        throw new RuntimeDirectoryException(at + " is not a folder");
      }
      parent = entry;
    }
    own(normal, parent, uid, mode);
  }

  private static void own(Path folder, Entry entry, int uid, String mode)
      throws IOException, RuntimeDirectoryException {
    if (entry.uid() != uid) {
      throw new RuntimeDirectoryException(
          folder + " is owned by uid " + entry.uid() + ", not by us (uid " + uid + ")");
    }
    if (entry.open()) {
      throw new RuntimeDirectoryException(
          folder
              + " can be written by everybody (mode "
              + Integer.toOctalString(entry.mode() & PERMISSIONS)
              + "), so its contents cannot be trusted: remove it, or choose a folder of its own");
    }
    setMode(folder, mode);
  }

  private static void checkInOpenFolder(Path at, Entry parent, Entry entry, int uid)
      throws RuntimeDirectoryException {
    if (!parent.sticky()) {
      throw new RuntimeDirectoryException(
          at.getParent() + " can be written by everybody, who could exchange " + at);
    }
    if (entry.uid() != uid && entry.uid() != 0) {
      throw new RuntimeDirectoryException(
          at
              + " is owned by uid "
              + entry.uid()
              + ", neither by us (uid "
              + uid
              + ") nor by root: somebody else made it before us. Name another folder by"
              + " runtimeDir");
    }
  }

  private static void create(Path folder, String mode) throws IOException {
    try {
      Files.createDirectory(
          folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (IOException e) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        return; // mkdir(2) in a read-only file system says so first
      }
      throw e;
    }
    setMode(folder, mode); // the umask took bits away
  }

  private static void setMode(Path folder, String mode) throws IOException {
    Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(mode);
    if (!Files.getPosixFilePermissions(folder).equals(wanted)) {
      Files.setPosixFilePermissions(folder, wanted);
    }
  }
}
