package dev.baton.supervisor.adoption;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_SEQPACKET;

import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The socket in the runtime directory where orphans ask to be adopted: SEQPACKET ({@code unix(7)}),
 * apart from the operators', and 0666, since workers may run as another user. Who they are the
 * kernel tells (SO_PEERCRED; APUE 17.3).
 */
public final class AdoptionSocket implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final Posix posix;
  private final Path path;
  private final OwnedFd fd;

  private AdoptionSocket(Posix posix, Path path, OwnedFd fd) {
    this.posix = posix;
    this.path = path;
    this.fd = fd;
  }

  /** Binds and listens; the path must be free. */
  public static AdoptionSocket open(Posix posix, Path path) throws IOException {
    OwnedFd fd =
        OwnedFd.of(posix, posix.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0), "adoption");
    try {
      fd.use(n -> posix.bind(n, SockAddr.unix(path.toString())));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      fd.use(n -> posix.listen(n, BACKLOG));
      return new AdoptionSocket(posix, path, fd);
    } catch (IOException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** The one that this process has had as another program, and who waits in its queue; consumed. */
  public static AdoptionSocket inherited(Posix posix, Path path, OwnedFd fd) {
    return new AdoptionSocket(posix, path, fd);
  }

  /** Its number, which stays the same while it is open. */
  public int number() {
    return fd.numberDoNotKeep();
  }

  /** Lends the number for registering with the loop. */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return fd.borrow(use);
  }

  /** The next who has connected, for the caller to close; empty when nobody waits. */
  Optional<OwnedFd> accept() throws SysException {
    int number = fd.<Integer, SysException>borrow(posix::accept4);
    return number == Posix.WOULD_BLOCK
        ? Optional.empty()
        : Optional.of(OwnedFd.of(posix, number, "rejoining"));
  }

  /** Removes the name, and closes the socket. */
  @Override
  public void close() throws IOException {
    try {
      if (fd.isOpen()) {
        Files.deleteIfExists(path);
      }
    } finally {
      fd.close();
    }
  }
}
