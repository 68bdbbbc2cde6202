package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.SOCK_DGRAM;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.UnixName;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.Optional;

/**
 * A UNIX-domain socket ({@code unix(7)}), stream or datagram, with a name in the file system or in
 * the abstract namespace.
 */
final class UnixListener extends BoundListener {
  private final UnixName name;
  private final Optional<SocketPath> file;
  private final boolean datagram;
  private final boolean passed;
  private boolean recovered;
  private boolean left;
  private boolean nameless;

  /**
   * @param passed whether the name is somebody else's, who has bound it
   */
  private UnixListener(Posix posix, ListenerConfig config, boolean passed)
      throws UnavailableException {
    super(posix, config);
    this.name = config().address().unixName().orElseThrow();
    this.datagram = config().address().datagram();
    this.passed = passed;
    this.file =
        name.isAbstract() || passed
            ? Optional.empty()
            : Optional.of(new SocketPath(posix, name.path(), config().unix()));
  }

  /**
   * Binds, and listens if there are connections.
   *
   * @throws UnavailableException with what the operator should know
   */
  static UnixListener open(Posix posix, ListenerConfig config) throws UnavailableException {
    UnixListener listener = new UnixListener(posix, config, false);
    try {
      listener.bind();
      return listener;
    } catch (SysException e) {
      listener.close();
      throw new UnavailableException(e, listener.hint(e));
    } catch (IOException e) {
      listener.close();
      throw new UnavailableException(IoWords.of(e));
    }
  }

  /**
   * With a socket that was bound to the name; consumes it. The name stays whose it is.
   *
   * @throws UnavailableException with what the operator should know
   */
  static UnixListener of(Posix posix, ListenerConfig config, OwnedFd socket)
      throws UnavailableException {
    UnixListener listener = new UnixListener(posix, config, true);
    try {
      if (!listener.datagram) {
        listener.listen(socket);
      }
      listener.hold(socket);
      listener.makeNonBlocking();
      return listener;
    } catch (SysException e) {
      socket.close();
      listener.close();
      throw new UnavailableException(e, "the service manager's socket cannot be used");
    }
  }

  /**
   * With the socket that an earlier supervisor has bound to the name, which is ours as it was its;
   * consumes it.
   *
   * @throws UnavailableException with what the operator should know
   */
  static UnixListener recover(Posix posix, ListenerConfig config, OwnedFd socket)
      throws UnavailableException {
    try {
      UnixListener listener = new UnixListener(posix, config, false);
      if (listener.file.isPresent()) {
        listener.file.get().recover();
      }
      listener.recovered = true;
      if (!listener.datagram) {
        listener.listen(socket);
      }
      listener.hold(socket);
      listener.makeNonBlocking();
      return listener;
    } catch (SysException e) {
      socket.close();
      throw new UnavailableException(e, "the socket that a worker has kept cannot be used");
    } catch (IOException e) {
      socket.close();
      throw new UnavailableException(IoWords.of(e));
    } catch (UnavailableException e) {
      socket.close();
      throw e;
    }
  }

  private void bind() throws IOException, UnavailableException {
    if (file.isPresent()) {
      file.get().prepare();
    }
    OwnedFd socket = socket();
    try {
      if (file.isPresent()) {
        file.get().bind(socket);
      } else {
        socket.use(n -> posix.bind(n, SockAddr.abstractName(name.abstractName())));
      }
      if (!datagram) {
        listen(socket);
      }
      hold(socket);
    } catch (IOException | UnavailableException | RuntimeException e) {
      file.ifPresent(SocketPath::unlink);
      socket.close();
      throw e;
    }
  }

  private OwnedFd socket() throws SysException {
    int type = (datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK;
    return OwnedFd.of(posix, posix.socket(AF_UNIX, type, 0), label());
  }

  private String hint(SysException e) {
    if (file.isPresent()) {
      return file.get().hint(e);
    }
    return e.errno() == Errno.EADDRINUSE ? "another process has this name" : "";
  }

  @Override
  String uri() {
    return config().address().uri();
  }

  /**
   * The kernel does not tell the length of this queue, so it is simply set again: {@code listen} on
   * a listening socket changes nothing else.
   */
  @Override
  Optional<Outcome> checkQueue() throws SysException {
    if (!datagram) {
      listen(fd());
    }
    return Optional.empty();
  }

  /** Whether no path leads to this socket any more. */
  boolean nameIsGone() throws IOException {
    return file.isPresent() && file.get().isGone();
  }

  @Override
  Optional<String> fault() throws SysException {
    return nameless ? Optional.of(SHUT_DOWN) : super.fault();
  }

  /**
   * A shutdown of a UNIX-domain socket cannot be undone: a new one takes its name, unless that is
   * somebody else's by now.
   */
  @Override
  Outcome restore(String found) throws SysException, UnavailableException {
    if (passed) {
      throw new UnavailableException("its name is the service manager's: restart its socket unit");
    }
    file.ifPresent(SocketPath::unlink);
    try {
      if (file.isEmpty()) {
        giveUpName();
      }
      bind();
      nameless = false;
    } catch (SysException e) {
      if (nameless && e.errno() == Errno.EADDRINUSE) {
        throw new UnavailableException(
            e, "a worker still has the old socket, and with it the name");
      }
      throw e;
    } catch (IOException e) {
      throw new UnavailableException(IoWords.of(e));
    }
    return new Outcome(found, REPLACED, true);
  }

  /** An abstract name is free when nobody has its socket any more, so ours is given up first. */
  private void giveUpName() throws SysException {
    if (!nameless) {
      hold(socket());
      nameless = true;
    }
  }

  @Override
  void leaveName() {
    left = recovered;
  }

  /** Unlinks the path before the socket is closed, while nothing else can have its inode. */
  @Override
  public void close() {
    if (!left) {
      file.ifPresent(SocketPath::unlink);
    }
    super.close();
  }
}
