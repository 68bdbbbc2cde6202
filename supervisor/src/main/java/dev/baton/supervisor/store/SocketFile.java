package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The name of a UNIX-domain socket in the file system (APUE 17.2, 17.3; {@code unix(7)}). */
final class SocketFile {
  /** The type bits of {@code st_mode} and their value for a socket ({@code inode(7)}). */
  private static final int TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private SocketFile() {}

  /**
   * Which file a name stands for. While a socket is open its inode stays in use, so that the number
   * cannot come back as another file.
   */
  record Identity(long device, long inode) {}

  /** What is at a path, without following a link; empty when there is nothing. */
  static Optional<Identity> identity(Path path) throws IOException {
    return attributes(path)
        .map(a -> new Identity((Long) a.get("dev"), ((Number) a.get("ino")).longValue()));
  }

  /** Whether a path, not followed, is a socket. */
  static boolean isSocket(Path path) throws IOException {
    return attributes(path).filter(a -> ((Integer) a.get("mode") & TYPE) == SOCKET).isPresent();
  }

  private static Optional<Map<String, Object>> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, "unix:dev,ino,mode", LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The permission bits of what is at a path. */
  static int permissions(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  /**
   * Makes sure that a path is free to be bound: removes a socket that nobody serves any more, and
   * nothing else.
   *
   * @throws UnavailableException when the path is in use, or is no socket
   */
  static void makeFree(Posix posix, Path path)
      throws IOException, SysException, UnavailableException {
    Optional<Map<String, Object>> there = attributes(path);
    if (there.isEmpty()) {
      return;
    }
    int mode = (Integer) there.get().get("mode");
    if ((mode & TYPE) != SOCKET) {
      throw new UnavailableException(
          "there "
              + kind(mode & TYPE)
              + " at this path, which is left alone: remove it or choose"
              + " another path");
    }
    Optional<Identity> before = identity(path);
    if (isStale(posix, path) && before.equals(identity(path))) {
      Files.deleteIfExists(path);
    }
  }

  /**
   * Whether nobody serves a socket file: the way to know is to connect.
   *
   * @throws UnavailableException when somebody does, with the pid
   */
  private static boolean isStale(Posix posix, Path path) throws SysException, UnavailableException {
    int type = SOCK_STREAM | SOCK_NONBLOCK;
    try (OwnedFd probe = OwnedFd.of(posix, posix.socket(AF_UNIX, type, 0), "probe:" + path)) {
      int answer;
      try {
        answer = probe.borrow(n -> posix.connect(n, SockAddr.unix(path.toString())));
      } catch (SysException e) {
        if (e.call().equals("connect") && e.errno() == Errno.ECONNREFUSED) {
          return true;
        }
        if (e.errno() == Errno.ENOENT) {
          return false; // removed meanwhile
        }
        if (e.errno() == Errno.EPROTOTYPE) { // not of streams, but somebody's
          throw new UnavailableException(
              "the path is in use by another process, with a socket of another type");
        }
        throw new UnavailableException(e, "cannot tell whether the socket at this path is in use");
      }
      if (answer == Posix.WOULD_BLOCK) { // its queue is full
        throw new UnavailableException("the path is in use by another process");
      }
      throw new UnavailableException(user(probe.borrow(posix::peerCredentials).pid()));
    }
  }

  /** SO_PEERCRED names who called listen, who may have ended while a child still has the socket. */
  private static String user(int pid) {
    if (pid <= 0) {
      return "the path is in use by a process outside this container";
    }
    if (ProcessHandle.of(pid).isEmpty()) {
      return "the path is in use: pid "
          + pid
          + " opened it and has ended, but a process that it started still serves it";
    }
    return "the path is in use by another process, pid " + pid;
  }

  private static String kind(int type) {
    return switch (type) {
      case 0100000 -> "is a regular file";
      case 0040000 -> "is a folder";
      case 0120000 -> "is a symbolic link";
      case 0010000 -> "is a FIFO";
      default -> "is a device";
    };
  }

  /** Removes a path if it still is the file of this identity. */
  static void removeIfSame(Path path, Identity own) throws IOException {
    if (identity(path).equals(Optional.of(own))) {
      Files.deleteIfExists(path);
    }
  }
}
