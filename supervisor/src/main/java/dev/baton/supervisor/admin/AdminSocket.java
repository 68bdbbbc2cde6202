package dev.baton.supervisor.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * The socket file. It must never be open to others, not even between bind(2) and chmod(2), and the
 * umask belongs to the whole process; so it is bound inside a folder of mode 0700, narrowed there,
 * and then renamed to its place. rename(2) replaces what a killed supervisor left behind, and
 * clients that are connected or connecting do not notice.
 */
final class AdminSocket {

  // Together shorter than "admin.sock": when that fits into sun_path (unix(7)), this does too.
  private static final String FOLDER = ".admin";
  private static final String NAME = "s";

  private final Path socket;
  private final Path folder;
  private Object identity;

  private AdminSocket(Path socket) {
    this.socket = socket;
    this.folder = socket.resolveSibling(FOLDER);
  }

  /** Makes the folder to bind in, afresh; the runtime directory itself must be there. */
  static AdminSocket prepare(Path socket) throws IOException {
    AdminSocket prepared = new AdminSocket(socket);
    prepared.removeFolder();
    Files.createDirectory(
        prepared.folder,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return prepared;
  }

  /** Where to bind. */
  Path bindPath() {
    return folder.resolve(NAME);
  }

  /** Gives the bound socket its permissions and its name. */
  void publish() throws IOException {
    Path bound = bindPath();
    Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
    identity = identity(bound);
    Files.move(bound, socket, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(folder);
  }

  /** Removes what was made; a socket file that another supervisor has put there since stays. */
  void remove() throws IOException {
    removeFolder();
    if (identity != null && Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      if (Objects.equals(identity, identity(socket))) {
        Files.deleteIfExists(socket);
      }
      identity = null;
    }
  }

  private void removeFolder() throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(bindPath());
    }
    Files.deleteIfExists(folder);
  }

  /** Device and inode. */
  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
