package dev.baton.supervisor.openserver;

import static dev.baton.sys.Constants.AF_INET;
import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.AT_FDCWD;
import static dev.baton.sys.Constants.O_PATH;
import static dev.baton.sys.Constants.RESOLVE_NO_MAGICLINKS;
import static dev.baton.sys.Constants.RESOLVE_NO_SYMLINKS;
import static dev.baton.sys.Constants.SOCK_DGRAM;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;
import static dev.baton.sys.Constants.S_IFSOCK;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.supervisor.config.RequestedAddress;
import dev.baton.supervisor.config.UnixName;
import dev.baton.sys.Errno;
import dev.baton.sys.FileStatus;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Begins connections; those that take their time are left to {@link PendingConnects}. */
final class Connector {
  private final Posix posix;
  private final PendingConnects pending;
  private final Sparing sparing;

  Connector(Posix posix, PendingConnects pending, Sparing sparing) {
    this.posix = posix;
    this.pending = pending;
    this.sparing = sparing;
  }

  /**
   * Connects to an address that the policy allows.
   *
   * @param owner whose the connection will be
   * @param then gets the decision, here or later on a thread of the server
   */
  void connect(AddressPolicy policy, String text, OpenDesk owner, Consumer<Decision> then)
      throws Refusal {
    RequestedAddress address = AddressPolicy.read(text);
    String rule = policy.rule(address);
    try {
      if (address instanceof RequestedAddress.Local local) {
        then.accept(PendingConnects.finished(posix, local(local.unix()), rule));
      } else {
        internet((RequestedAddress.Internet) address, rule, owner, then);
      }
    } catch (SysException e) {
      throw Refusal.of(e);
    }
  }

  /** Closes what is on its way for a desk. Only the audit log is told. */
  void forget(OpenDesk owner) {
    pending.forget(owner);
  }

  private void internet(
      RequestedAddress.Internet address, String rule, OpenDesk owner, Consumer<Decision> then)
      throws SysException, Refusal {
    InetSocketAddress inet = address.inet();
    int family = inet.getAddress() instanceof Inet6Address ? AF_INET6 : AF_INET;
    int type = address.scheme().equals(RequestedAddress.TCP) ? SOCK_STREAM : SOCK_DGRAM;
    SockAddr to = SockAddr.inet(inet.getAddress(), inet.getPort());
    OwnedFd socket = socket(family, type);
    int begun;
    try {
      begun = socket.borrow(n -> posix.connect(n, to));
    } catch (SysException | RuntimeException e) {
      socket.close();
      throw e;
    }
    if (begun == Posix.WOULD_BLOCK) {
      pending.await(socket, rule, owner, then);
    } else {
      then.accept(PendingConnects.finished(posix, socket, rule));
    }
  }

  private OwnedFd local(UnixName name) throws SysException, Refusal {
    if (name.isAbstract()) {
      return local(SockAddr.abstractName(name.abstractName()));
    }
    byte[] path = RequestPath.bytes(name.text());
    int resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    try (OwnedFd file =
        OwnedFd.of(posix, posix.openat2(AT_FDCWD, path, O_PATH, 0, resolve), "socket file")) {
      FileStatus status = new FileStatus();
      file.use(n -> posix.statx(n, status));
      if (status.kind() != S_IFSOCK) {
        throw Refusal.notAllowed("there is something else than a socket");
      }
      // The very socket that was looked at, whatever is at the path by now.
      return local(SockAddr.unix(ProcFds.path(file.numberDoNotKeep())));
    } catch (SysException e) {
      if (e.errno() == Errno.ELOOP) {
        throw Refusal.notAllowed("a symbolic link is on the way, and none is followed");
      }
      throw e;
    }
  }

  private OwnedFd local(SockAddr to) throws SysException, Refusal {
    OwnedFd socket = socket(AF_UNIX, SOCK_STREAM);
    try {
      if (socket.borrow(n -> posix.connect(n, to)) == Posix.WOULD_BLOCK) {
        throw new Refusal(ErrorCode.BUSY, "the queue of the listener is full");
      }
      return socket;
    } catch (SysException | Refusal | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private OwnedFd socket(int family, int type) throws SysException, Refusal {
    int number = posix.socket(family, type | SOCK_NONBLOCK, 0);
    return sparing.first(OwnedFd.of(posix, number, "connecting socket"));
  }
}
