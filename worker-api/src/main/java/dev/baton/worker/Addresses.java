package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** The kernel's addresses as those of {@code java.net}. */
final class Addresses {
  private Addresses() {}

  /**
   * Where a socket is bound. An abstract UNIX name, which Java does not know, is written as {@code
   * @name}.
   */
  static SocketAddress local(Posix posix, OwnedFd socket) throws SysException {
    SockAddr bound = socket.borrow(posix::getsockname);
    if (bound.family() != Constants.AF_UNIX) {
      return new InetSocketAddress(bound.host(), bound.port());
    }
    String name = bound.abstractName();
    return UnixDomainSocketAddress.of(name == null ? bound.path() : "@" + name);
  }

  /** Who has connected; null for a UNIX-domain client, whom the kernel knows better. */
  static SocketAddress peer(PeerAddress peer) {
    int family = peer.family();
    if (family != Constants.AF_INET && family != Constants.AF_INET6) {
      return null;
    }
    SockAddr address = peer.toSockAddr();
    return new InetSocketAddress(address.host(), address.port());
  }

  static boolean isUnix(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress;
  }
}
