package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import java.nio.file.Path;

/** Descriptors as a supervisor holds them. */
final class Sockets {
  private static final Posix POSIX = Posix.system();

  private Sockets() {}

  static OwnedFd tcp() throws Exception {
    return listening(
        Constants.AF_INET, SockAddr.inet(java.net.InetAddress.getByName("127.0.0.1"), 0));
  }

  static OwnedFd unix(Path path) throws Exception {
    return listening(Constants.AF_UNIX, SockAddr.unix(path.toString()));
  }

  private static OwnedFd listening(int family, SockAddr address) throws Exception {
    OwnedFd fd =
        OwnedFd.of(
            POSIX,
            POSIX.socket(family, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0),
            "listener");
    fd.use(n -> POSIX.bind(n, address));
    fd.use(n -> POSIX.listen(n, 16));
    return fd;
  }

  static OwnedFd file(Path path, int flags) throws Exception {
    return OwnedFd.of(POSIX, POSIX.open(path.toString(), flags, 0600), "file");
  }

  static int port(OwnedFd listener) throws Exception {
    return listener.<SockAddr, Exception>borrow(POSIX::getsockname).port();
  }
}
