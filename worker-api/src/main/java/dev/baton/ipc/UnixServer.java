package dev.baton.ipc;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A socket at a well-known name, and a connection of its own for every client, with the kernel's
 * word on who that is (APUE 17.3: {@code serv_listen} and {@code serv_accept}). Thread-safe.
 *
 * <p>It removes its file when it is closed, if that is still the one that it made. A process that
 * is killed leaves its file behind, which the next server at that name recognises as stale by
 * connecting, and removes; a name in use is never taken from its server. Two servers that start at
 * one stale name at the same moment need a lock of their own.
 */
public final class UnixServer implements AutoCloseable {
  private final Posix posix;
  private final SocketType type;
  private final BoundName name;
  private final WaitableFd socket;

  private UnixServer(Posix posix, SocketType type, BoundName name, OwnedFd listening) {
    this.posix = posix;
    this.type = type;
    this.name = name;
    this.socket = new WaitableFd(posix, listening);
  }

  /**
   * How to listen.
   *
   * @param type {@link SocketType#STREAM} or {@link SocketType#SEQPACKET}
   * @param permissions of the file: who may write it may connect ({@code 0666} for everybody);
   *     meaningless for an abstract name
   * @param backlog clients that may wait to be accepted; further ones wait in their {@code connect}
   * @param replaceStale whether a socket file that nobody serves is removed first; without, any
   *     file there fails the bind, as the system call does
   */
  public record Options(SocketType type, int permissions, int backlog, boolean replaceStale) {
    /** Streams, for this user only, 128 waiting, a stale file replaced. */
    public static final Options DEFAULT = new Options(SocketType.STREAM, 0600, 128, true);

    /** Checks the values. */
    public Options {
      if (type == SocketType.DATAGRAM) {
        throw new IllegalArgumentException("a datagram socket has no connections");
      }
      if ((permissions & ~0777) != 0) {
        throw new IllegalArgumentException(
            "permissions " + Integer.toOctalString(permissions) + "; allowed are 0 to 777");
      }
      if (backlog < 1) {
        throw new IllegalArgumentException("a backlog of " + backlog + "; at least 1 is needed");
      }
    }

    /** Another type. */
    public Options withType(SocketType other) {
      return new Options(other, permissions, backlog, replaceStale);
    }

    /** Other permissions. */
    public Options withPermissions(int other) {
      return new Options(type, other, backlog, replaceStale);
    }

    /** Another backlog. */
    public Options withBacklog(int other) {
      return new Options(type, permissions, other, replaceStale);
    }

    /** Another way with a stale file. */
    public Options withReplaceStale(boolean other) {
      return new Options(type, permissions, backlog, other);
    }
  }

  /** Listens at a path, as {@link Options#DEFAULT} says. */
  public static UnixServer listen(Path path) throws IOException {
    return listen(UnixAddress.of(path), Options.DEFAULT);
  }

  /**
   * Binds and listens.
   *
   * @throws UnixSocketException with EADDRINUSE when the name is taken
   */
  public static UnixServer listen(UnixAddress address, Options options) throws IOException {
    return listen(Posix.system(), address, options);
  }

  static UnixServer listen(Posix posix, UnixAddress address, Options options) throws IOException {
    int type = options.type().number() | Constants.SOCK_NONBLOCK;
    OwnedFd fd = OwnedFd.of(posix, posix.socket(Constants.AF_UNIX, type, 0), "server:" + address);
    BoundName name = null;
    try {
      name = BoundName.bind(posix, fd, address, options.permissions(), options.replaceStale());
      fd.use(n -> posix.listen(n, options.backlog()));
      return new UnixServer(posix, options.type(), name, fd);
    } catch (IOException | RuntimeException e) {
      if (name != null) {
        name.close();
      }
      fd.close();
      throw e;
    }
  }

  /** Where it listens. */
  public UnixAddress address() {
    return name.address();
  }

  /** Waits for a client. The connection is the caller's to close. */
  public UnixConnection accept() throws IOException {
    return accept(WaitableFd.FOREVER).orElseThrow();
  }

  /** Waits for a client for a limited time; zero only looks. Empty when none came. */
  public Optional<UnixConnection> accept(Duration limit) throws IOException {
    long end = WaitableFd.deadline(limit);
    for (; ; ) {
      Optional<UnixConnection> accepted = acceptNow();
      Duration left = WaitableFd.left(end);
      // Another thread may take the client that we were woken for.
      if (accepted.isPresent() || !socket.awaitReadable(left)) {
        return accepted;
      }
    }
  }

  private Optional<UnixConnection> acceptNow() throws IOException {
    for (; ; ) {
      int number;
      try {
        number = socket.call(posix::accept4);
      } catch (SysException e) {
        if (e.errno() == Errno.ECONNABORTED) {
          continue; // that client has gone
        }
        throw e;
      }
      if (number == Posix.WOULD_BLOCK) {
        return Optional.empty();
      }
      OwnedFd fd = OwnedFd.of(posix, number, "client of " + address());
      try {
        PeerCredentials peer = fd.borrow(posix::peerCredentials);
        return Optional.of(new UnixConnection(posix, type, fd, peer));
      } catch (IOException | RuntimeException e) {
        fd.close();
        throw e;
      }
    }
  }

  /**
   * The listening socket as a channel of the JDK, for a selector or a server library; this object
   * is empty afterwards. The file stays when the channel is closed.
   */
  public synchronized ServerSocketChannel toChannel() throws IOException {
    if (type != SocketType.STREAM) {
      throw new IllegalStateException("channels of the JDK are streams; this is " + type);
    }
    OwnedFd fd = socket.take();
    name.keepFile();
    return Adoption.serverSocket(fd);
  }

  /**
   * Removes the file and closes the socket; threads that wait for clients get a {@code
   * ClosedChannelException}. Accepted connections stay. Further calls do nothing.
   */
  @Override
  public synchronized void close() {
    if (socket.isOpen()) {
      name.close();
      socket.close();
    }
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
