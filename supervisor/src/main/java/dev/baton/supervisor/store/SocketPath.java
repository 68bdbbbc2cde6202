package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.sys.Accounts;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The file of a listener's socket, with its owner and permissions ({@code unix(7)}). */
final class SocketPath {
  private static final int OWNER_BITS = 0700;

  private final Posix posix;
  private final Path path;
  private final int mode;
  private final OptionalInt uid;
  private final OptionalInt gid;
  private Optional<SocketFile.Identity> own = Optional.empty();

  SocketPath(Posix posix, Path path, UnixOptions options) throws UnavailableException {
    this.posix = posix;
    this.path = path;
    this.mode = options.permissions();
    this.uid = number("user", options.owner(), Accounts::uid);
    this.gid = number("group", options.group(), Accounts::gid);
  }

  private static OptionalInt number(
      String kind, Optional<String> name, Function<String, OptionalInt> find)
      throws UnavailableException {
    if (name.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt number = find.apply(name.get());
    if (number.isEmpty()) {
      throw new UnavailableException("this machine has no " + kind + " named " + name.get());
    }
    return number;
  }

  /** Makes sure that the path can be bound. */
  void prepare() throws IOException, UnavailableException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SockAddr.UNIX_PATH_MAX) {
      throw new UnavailableException(
          "the path has "
              + length
              + " bytes; a socket's path has at most "
              + SockAddr.UNIX_PATH_MAX);
    }
    Path folder = path.getParent();
    if (folder == null || !Files.exists(folder)) {
      throw new UnavailableException("the folder " + folder + " does not exist or cannot be seen");
    }
    if (!Files.isDirectory(folder)) {
      throw new UnavailableException(folder + " is not a folder");
    }
    SocketFile.makeFree(posix, path);
  }

  /** Binds a socket, which is not the caller's to close here, and gives the file what it needs. */
  void bind(OwnedFd socket) throws IOException, UnavailableException {
    // The name gets the socket's own mode without the umask's bits, so it is never wider than
    // this. The rest is added when it has its owner.
    socket.use(n -> posix.fchmod(n, mode & OWNER_BITS));
    socket.use(n -> posix.bind(n, SockAddr.unix(path.toString())));
    own = SocketFile.identity(path);
    chown();
    Files.setAttribute(path, "unix:mode", mode);
    if (SocketFile.permissions(path) != mode) {
      throw new UnavailableException(
          "this file system does not keep the permissions "
              + Integer.toOctalString(mode)
              + " of a socket");
    }
  }

  /** What is at the path is ours, if it is a socket: another supervisor has bound it for us. */
  void recover() throws IOException {
    if (SocketFile.isSocket(path)) {
      own = SocketFile.identity(path);
    }
  }

  private void chown() throws IOException {
    if (uid.isPresent()) {
      Files.setAttribute(path, "unix:uid", uid.getAsInt(), LinkOption.NOFOLLOW_LINKS);
    }
    if (gid.isPresent()) {
      Files.setAttribute(path, "unix:gid", gid.getAsInt(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  String hint(SysException e) {
    return switch (e.errno()) {
      case EACCES, EPERM -> "the folder " + path.getParent() + " does not let us create a socket";
      case EADDRINUSE -> "something was put at this path just now";
      case EROFS -> "the folder " + path.getParent() + " cannot be written";
      default -> "";
    };
  }

  /** Whether the path leads nowhere; a cleaner of old files may have removed it. */
  boolean isGone() throws IOException {
    return SocketFile.identity(path).isEmpty();
  }

  /** Removes the file if it still is what {@link #bind} made. */
  void unlink() {
    try {
      if (own.isPresent()) {
        SocketFile.removeIfSame(path, own.get());
      }
    } catch (IOException e) {
      // The name stays; the next start finds it stale and removes it.
    }
    own = Optional.empty();
  }
}
