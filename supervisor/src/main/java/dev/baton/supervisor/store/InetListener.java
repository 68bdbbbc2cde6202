package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_REUSEPORT;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SocketFilter;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A socket of TCP or UDP ({@code ip(7)}, {@code ipv6(7)}), alone or in a SO_REUSEPORT group. */
abstract sealed class InetListener extends BoundListener permits TcpListener, UdpListener {
  private SockAddr address;

  InetListener(Posix posix, ListenerConfig config) {
    super(posix, config);
  }

  /** A socket that is not bound yet, with the options that a bind needs. */
  abstract OwnedFd unbound(int family) throws SysException;

  /** What a socket needs of that which {@link #unbound} does and a bind does not need. */
  abstract void prepare(OwnedFd socket) throws SysException;

  /** What a socket needs after it was bound. */
  abstract void bound(OwnedFd socket) throws SysException;

  /** One that is not bound, and is going to be at the same address. */
  abstract InetListener another();

  /**
   * Leaves its group as far as the kernel lets it: whether it certainly has. What is queued in it
   * may be lost, and its copies in workers are of no use any more.
   *
   * @param current the program that its group has; not needed of TCP
   */
  abstract boolean leave(SocketFilter current) throws SysException;

  /**
   * Binds to the configured address. May block on a name server.
   *
   * @throws UnavailableException with what the operator should know
   */
  final void open(String host, int port, HostLookup lookup) throws UnavailableException {
    try {
      openAny(host, port, lookup);
    } catch (SysException e) {
      close();
      throw new UnavailableException(e, hint(e, port));
    } catch (UnknownHostException e) {
      throw new UnavailableException("host name unknown: " + host);
    }
  }

  private void openAny(String host, int port, HostLookup lookup)
      throws SysException, UnknownHostException {
    if (!host.equals("*")) {
      openAt(SockAddr.inet(lookup.find(host), port));
      return;
    }
    try {
      openAt(SockAddr.inet(InetAddress.getByAddress(new byte[16]), port));
    } catch (SysException e) {
      if (e.errno() != Errno.EAFNOSUPPORT) {
        throw e;
      }
      // A kernel without IPv6: all interfaces are those of IPv4.
      openAt(SockAddr.inet(InetAddress.getByAddress(new byte[4]), port));
    }
  }

  /**
   * The first socket of a group must not join a group of somebody else, among whose sockets nothing
   * could be steered: so another one claims the address for itself first.
   */
  private void openAt(SockAddr wanted) throws SysException {
    if (config().mode() != ListenerMode.REUSEPORT) {
      bind(wanted, false);
      return;
    }
    try (OwnedFd claim = unbound(wanted.family())) {
      claim.use(n -> posix.bind(n, wanted));
      set(claim, SOL_SOCKET, SO_REUSEPORT, true);
      bind(claim.borrow(posix::getsockname), true);
    }
  }

  /** Makes a socket, binds it, and takes it over. */
  final void bind(SockAddr wanted, boolean grouped) throws SysException {
    OwnedFd socket = unbound(wanted.family());
    try {
      if (grouped) {
        set(socket, SOL_SOCKET, SO_REUSEPORT, true);
      }
      socket.use(n -> posix.bind(n, wanted));
      bound(socket);
      SockAddr real = socket.borrow(posix::getsockname);
      hold(socket);
      address = real;
    } catch (SysException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Takes over a socket that somebody else has bound; consumes it.
   *
   * @throws UnavailableException with what the operator should know
   */
  final void takeOver(OwnedFd socket) throws UnavailableException {
    try {
      prepare(socket);
      bound(socket);
      address = socket.borrow(posix::getsockname);
      hold(socket);
      makeNonBlocking();
    } catch (SysException e) {
      socket.close();
      close();
      throw new UnavailableException(e, "the service manager's socket cannot be used");
    }
  }

  /** Another socket at the same address, which is the last of the same group if it has one. */
  final InetListener sibling() throws SysException {
    InetListener sibling = another();
    sibling.bind(address, config().mode() == ListenerMode.REUSEPORT);
    return sibling;
  }

  final SockAddr address() {
    return address;
  }

  private String hint(SysException e, int port) {
    return switch (e.errno()) {
      case EADDRINUSE -> taken();
      case EADDRNOTAVAIL -> "no interface of this machine has this address";
      case EACCES ->
          port > 0 && port < 1024 ? "a port below 1024 needs CAP_NET_BIND_SERVICE (or root)" : "";
      case EAFNOSUPPORT -> "this kernel has no IPv6";
      case ENODEV -> "no interface of this machine can join the multicast group";
      default -> "";
    };
  }

  private String taken() {
    String who =
        config().address().datagram()
            ? "another process receives there"
            : "another process listens there";
    return config().mode() == ListenerMode.REUSEPORT
        ? who
            + "; sockets share an address only where all of them have SO_REUSEPORT and are of the"
            + " same user, and mode reuseport needs it for this supervisor alone"
        : who;
  }
}
