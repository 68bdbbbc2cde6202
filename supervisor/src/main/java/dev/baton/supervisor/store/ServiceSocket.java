package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;

import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.UnixName;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A listening UNIX-domain stream socket that the supervisor itself serves (APUE 17.3). A stale file
 * is replaced, one in use is left alone; the file goes with this object, if it still is its own.
 */
public final class ServiceSocket implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final UnixName name;
  private final Optional<SocketPath> file;
  private final OwnedFd fd;

  private ServiceSocket(UnixName name, Optional<SocketPath> file, OwnedFd fd) {
    this.name = name;
    this.file = file;
    this.fd = fd;
  }

  /**
   * Binds and listens, non-blocking.
   *
   * @param key the configuration's key, for messages: {@code services.open}
   * @throws StoreException with what the operator should know
   */
  public static ServiceSocket open(Posix posix, String key, UnixName name, UnixOptions options)
      throws StoreException {
    Optional<SocketPath> file = Optional.empty();
    try {
      if (!name.isAbstract()) {
        file = Optional.of(new SocketPath(posix, name.path(), options));
        file.get().prepare();
      }
      return bind(posix, key, name, file);
    } catch (SysException e) {
      throw problem(key, name, new UnavailableException(e, hint(file, e)).getMessage());
    } catch (IOException e) {
      throw problem(key, name, IoWords.of(e));
    } catch (UnavailableException e) {
      throw problem(key, name, e.getMessage());
    }
  }

  private static ServiceSocket bind(
      Posix posix, String key, UnixName name, Optional<SocketPath> file)
      throws IOException, UnavailableException {
    OwnedFd fd =
        OwnedFd.of(posix, posix.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), "service:" + key);
    try {
      if (file.isPresent()) {
        file.get().bind(fd);
      } else {
        fd.use(n -> posix.bind(n, SockAddr.abstractName(name.abstractName())));
      }
      fd.use(n -> posix.listen(n, BACKLOG));
      return new ServiceSocket(name, file, fd);
    } catch (IOException | UnavailableException | RuntimeException e) {
      file.ifPresent(SocketPath::unlink);
      fd.close();
      throw e;
    }
  }

  private static String hint(Optional<SocketPath> file, SysException e) {
    if (file.isPresent()) {
      return file.get().hint(e);
    }
    return e.errno() == Errno.EADDRINUSE ? "another process has this name" : "";
  }

  private static StoreException problem(String key, UnixName name, String why) {
    return new StoreException(List.of(key + " cannot listen on unix:" + name + ": " + why));
  }

  /** Where it listens. */
  public UnixName name() {
    return name;
  }

  /** Lends the number for one call. */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return fd.borrow(use);
  }

  /** Removes its file, so that nobody comes any more. */
  public void unlink() {
    file.ifPresent(SocketPath::unlink);
  }

  /** Removes its file, and closes the socket. Further calls do nothing. */
  @Override
  public void close() {
    unlink();
    fd.close();
  }
}
