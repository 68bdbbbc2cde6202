package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.UnixAddress;
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

/** A listening UNIX-domain stream socket and its name in the file system ({@code unix(7)}). */
final class UnixListener extends BoundListener {
  private static final int OWNER_BITS = 0700;

  private final Path path;
  private final OptionalInt uid;
  private final OptionalInt gid;
  private Optional<SocketFile.Identity> own = Optional.empty();

  private UnixListener(Posix posix, ListenerConfig config) throws UnavailableException {
    super(posix, config);
    this.path = ((UnixAddress) config.address()).path();
    UnixOptions unix = config.unix();
    this.uid = number("user", unix.owner(), Accounts::uid);
    this.gid = number("group", unix.group(), Accounts::gid);
  }

  /**
   * Binds and listens.
   *
   * @throws UnavailableException with what the operator should know
   */
  static UnixListener open(Posix posix, ListenerConfig config) throws UnavailableException {
    UnixListener listener = new UnixListener(posix, config);
    try {
      listener.checkPath();
      SocketFile.makeFree(posix, listener.path);
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

  private void checkPath() throws UnavailableException {
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
  }

  private void bind() throws IOException, UnavailableException {
    int type = SOCK_STREAM | SOCK_NONBLOCK;
    OwnedFd socket = OwnedFd.of(posix, posix.socket(AF_UNIX, type, 0), label());
    try {
      int mode = config.unix().permissions();
      // The name gets the socket's own mode without the umask's bits, so it is never wider than
      // this. The rest is added when it has its owner; connects are refused until listen anyway.
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
      listen(socket);
      hold(socket);
    } catch (IOException | UnavailableException | RuntimeException e) {
      unlinkOwn();
      socket.close();
      throw e;
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

  private String hint(SysException e) {
    return switch (e.errno()) {
      case EACCES, EPERM -> "the folder " + path.getParent() + " does not let us create a socket";
      case EADDRINUSE -> "something was put at this path just now";
      case EROFS -> "the folder " + path.getParent() + " cannot be written";
      default -> "";
    };
  }

  @Override
  String uri() {
    return config.address().uri();
  }

  /**
   * The kernel does not tell the length of this queue, so it is simply set again: {@code listen} on
   * a listening socket changes nothing else.
   */
  @Override
  Optional<Outcome> checkQueue() throws SysException {
    listen(fd());
    return Optional.empty();
  }

  /** Whether the path still leads to this socket; a cleaner of old files may have removed it. */
  boolean nameIsGone() throws IOException {
    return SocketFile.identity(path).isEmpty();
  }

  /** A shutdown of a UNIX-domain socket cannot be undone: a new one takes its path. */
  @Override
  Outcome restore() throws SysException, UnavailableException {
    return rebind("it was shut down");
  }

  /** Binds a new socket to the path, unless the path is somebody else's by now. */
  Outcome rebind(String found) throws SysException, UnavailableException {
    unlinkOwn();
    try {
      SocketFile.makeFree(posix, path);
      bind();
    } catch (SysException e) {
      throw e;
    } catch (IOException e) {
      throw new UnavailableException(IoWords.of(e));
    }
    return new Outcome(found, "bound again, by a new socket", true);
  }

  private void unlinkOwn() {
    try {
      if (own.isPresent()) {
        SocketFile.removeIfSame(path, own.get());
      }
    } catch (IOException e) {
      // The name stays; the next start finds it stale and removes it.
    }
    own = Optional.empty();
  }

  /** Unlinks the path before the socket is closed, while nothing else can have its inode. */
  @Override
  public void close() {
    unlinkOwn();
    super.close();
  }
}
