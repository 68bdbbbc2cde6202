package dev.baton.ipc;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Connects to a {@link UnixServer}, or to anybody who listens at a UNIX-domain name (APUE 17.3:
 * {@code cli_conn}). The chapter's client binds a name of its own, so that the server can look at
 * the file's owner; Linux tells the server by itself, so none is needed.
 */
public final class UnixClient {
  /** To the kernel zero is no limit at all. */
  private static final Duration SHORTEST = Duration.ofNanos(1000);

  private UnixClient() {}

  /** Connects a stream, waiting while the server's queue is full. */
  public static UnixConnection connect(Path path) throws IOException {
    return connect(UnixAddress.of(path), SocketType.STREAM, WaitableFd.FOREVER);
  }

  /**
   * Connects.
   *
   * @param type the server's
   * @param limit how long to wait while the server's queue is full
   * @throws UnixSocketException with ENOENT when there is no such file, ECONNREFUSED when nobody
   *     serves it, EACCES when this user may not, EPROTOTYPE when it is of another type, ETIMEDOUT
   *     when the time is over
   */
  public static UnixConnection connect(UnixAddress address, SocketType type, Duration limit)
      throws IOException {
    return connect(Posix.system(), address, type, limit);
  }

  static UnixConnection connect(Posix posix, UnixAddress address, SocketType type, Duration limit)
      throws IOException {
    OwnedFd fd =
        OwnedFd.of(
            posix, posix.socket(Constants.AF_UNIX, type.number(), 0), "connection to " + address);
    try {
      // The kernel waits in connect for a place in the queue as long as it would in a send.
      SendTimeout.set(posix, fd, limit.compareTo(SHORTEST) < 0 ? SHORTEST : limit);
      int connected = fd.borrow(n -> posix.connect(n, address.toSockAddr()));
      if (connected == Posix.WOULD_BLOCK) {
        throw new UnixSocketException(
            "cannot connect to " + address + ": its queue was full for " + limit, Errno.ETIMEDOUT);
      }
      SendTimeout.set(posix, fd, Duration.ZERO);
      PeerCredentials peer = fd.borrow(posix::peerCredentials);
      return new UnixConnection(posix, type, fd, peer);
    } catch (SysException e) {
      fd.close();
      throw new UnixSocketException("cannot connect to " + address, e);
    } catch (IOException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }
}
