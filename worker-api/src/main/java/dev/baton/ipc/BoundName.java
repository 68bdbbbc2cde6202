package dev.baton.ipc;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The name that a socket was bound to, and the file that belongs to it (APUE 17.2, 17.3; {@code
 * unix(7)}).
 */
final class BoundName implements AutoCloseable {
  /** The type bits of {@code st_mode} and their value for a socket ({@code inode(7)}). */
  private static final int TYPE = 0170000;

  private static final int S_IFSOCK = 0140000;

  private final UnixAddress address;
  private Optional<Identity> own = Optional.empty();

  /** An inode number is not used again while the socket is open. */
  private record Identity(Object device, Object inode) {}

  private BoundName(UnixAddress address) {
    this.address = address;
  }

  /**
   * Binds a socket, which stays the caller's.
   *
   * @param permissions of the file, from its first moment never wider
   * @param replaceStale whether a socket file that nobody serves any more is removed
   */
  static BoundName bind(
      Posix posix, OwnedFd socket, UnixAddress address, int permissions, boolean replaceStale)
      throws IOException {
    BoundName name = new BoundName(address);
    try {
      Optional<Path> path = address.path();
      if (path.isPresent()) {
        name.bindFile(posix, socket, path.get(), permissions, replaceStale);
      } else {
        socket.use(n -> posix.bind(n, address.toSockAddr()));
      }
      return name;
    } catch (SysException e) {
      name.close();
      throw new UnixSocketException("cannot bind " + address, e);
    } catch (IOException | RuntimeException e) {
      name.close();
      throw e;
    }
  }

  private void bindFile(
      Posix posix, OwnedFd socket, Path path, int permissions, boolean replaceStale)
      throws IOException {
    if (replaceStale) {
      removeStale(posix, path);
    }
    // The name gets the socket's own mode without the umask's bits; those are added afterwards.
    socket.use(n -> posix.fchmod(n, permissions));
    socket.use(n -> posix.bind(n, address.toSockAddr()));
    Optional<Map<String, Object>> there = attributes(path);
    own = there.map(BoundName::identity);
    if (there.isPresent() && ((Integer) there.get().get("mode") & 07777) != permissions) {
      Files.setAttribute(path, "unix:mode", permissions);
    }
  }

  private static void removeStale(Posix posix, Path path) throws IOException {
    Optional<Map<String, Object>> there = attributes(path);
    if (there.isEmpty()) {
      return;
    }
    if (((Integer) there.get().get("mode") & TYPE) != S_IFSOCK) {
      throw new UnixSocketException(
          "cannot bind " + path + ": what is there is no socket, so it is left alone",
          Errno.EADDRINUSE);
    }
    Optional<Identity> probed = there.map(BoundName::identity);
    if (isStale(posix, path) && attributes(path).map(BoundName::identity).equals(probed)) {
      Files.deleteIfExists(path);
    }
  }

  /** Whether nobody serves a socket's file: the way to know is to connect. */
  private static boolean isStale(Posix posix, Path path) throws IOException {
    int type = SOCK_STREAM | SOCK_NONBLOCK;
    try (OwnedFd probe = OwnedFd.of(posix, posix.socket(AF_UNIX, type, 0), "probe:" + path)) {
      try {
        probe.<Integer, SysException>borrow(
            n -> posix.connect(n, UnixAddress.of(path).toSockAddr()));
      } catch (SysException e) {
        switch (e.errno()) {
          case ECONNREFUSED:
            return true;
          case ENOENT: // removed meanwhile
            return false;
          case EPROTOTYPE: // somebody's, of another type
            break;
          default:
            throw new UnixSocketException("cannot tell whether " + path + " is in use", e);
        }
      }
      throw new UnixSocketException(
          "cannot bind " + path + ": another socket is open there", Errno.EADDRINUSE);
    }
  }

  private static Identity identity(Map<String, Object> attributes) {
    return new Identity(attributes.get("dev"), attributes.get("ino"));
  }

  private static Optional<Map<String, Object>> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, "unix:dev,ino,mode", LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  UnixAddress address() {
    return address;
  }

  /** From now on the file is somebody else's to remove. */
  void keepFile() {
    own = Optional.empty();
  }

  /**
   * Removes the file, if it still is the one that was bound here. To be called while the socket is
   * open. A file that cannot be removed is stale once the socket is closed, and found to be so.
   */
  @Override
  public void close() {
    try {
      if (own.isPresent()) {
        Path path = address.path().orElseThrow();
        if (attributes(path).map(BoundName::identity).equals(own)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      // As above: the next to bind removes it.
    }
    own = Optional.empty();
  }
}
