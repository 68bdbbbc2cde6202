package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.IPPROTO_IPV6;
import static dev.baton.sys.Constants.IPPROTO_TCP;
import static dev.baton.sys.Constants.IPV6_V6ONLY;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_KEEPALIVE;
import static dev.baton.sys.Constants.SO_REUSEADDR;
import static dev.baton.sys.Constants.TCP_DEFER_ACCEPT;
import static dev.baton.sys.Constants.TCP_FASTOPEN;
import static dev.baton.sys.Constants.TCP_INFO;
import static dev.baton.sys.Constants.TCP_NODELAY;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.TcpOptions;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A listening TCP socket ({@code tcp(7)}, {@code ip(7)}, {@code ipv6(7)}). */
final class TcpListener extends BoundListener {
  /** The start of {@code struct tcp_info}, up to and with {@code tcpi_sacked}. */
  private static final int TCP_INFO_SIZE = 32;

  /** {@code tcpi_sacked}, which on a listening socket is its longest queue. */
  private static final int TCP_INFO_SACKED = 28;

  private final boolean portWasChosen;
  private SockAddr address;
  private int queue;

  private TcpListener(Posix posix, ListenerConfig config, boolean portWasChosen) {
    super(posix, config);
    this.portWasChosen = portWasChosen;
  }

  /**
   * Binds and listens. May block on a name server.
   *
   * @throws UnavailableException with what the operator should know
   */
  static TcpListener open(Posix posix, ListenerConfig config, HostLookup lookup)
      throws UnavailableException {
    TcpAddress wanted = (TcpAddress) config.address();
    TcpListener listener = new TcpListener(posix, config, wanted.port() == 0);
    try {
      listener.bindAny(wanted, lookup);
      return listener;
    } catch (SysException e) {
      listener.close();
      throw new UnavailableException(e, hint(e, wanted.port()));
    } catch (UnknownHostException e) {
      throw new UnavailableException("host name unknown: " + wanted.host());
    }
  }

  private void bindAny(TcpAddress wanted, HostLookup lookup)
      throws SysException, UnknownHostException {
    if (!wanted.host().equals("*")) {
      bind(SockAddr.inet(lookup.find(wanted.host()), wanted.port()));
      return;
    }
    try {
      bind(SockAddr.inet(InetAddress.getByAddress(new byte[16]), wanted.port()));
    } catch (SysException e) {
      if (e.errno() != Errno.EAFNOSUPPORT) {
        throw e;
      }
      // A kernel without IPv6: all interfaces are those of IPv4.
      bind(SockAddr.inet(InetAddress.getByAddress(new byte[4]), wanted.port()));
    }
  }

  private void bind(SockAddr wanted) throws SysException {
    int type = SOCK_STREAM | SOCK_NONBLOCK;
    OwnedFd socket = OwnedFd.of(posix, posix.socket(wanted.family(), type, IPPROTO_TCP), label());
    try {
      TcpOptions tcp = config.tcp();
      set(socket, SOL_SOCKET, SO_REUSEADDR, tcp.reuseAddress());
      if (wanted.family() == AF_INET6) {
        // Said, not left to net.ipv6.bindv6only.
        set(socket, IPPROTO_IPV6, IPV6_V6ONLY, tcp.ipv6Only());
      }
      inherited(socket);
      socket.use(n -> posix.bind(n, wanted));
      listen(socket);
      SockAddr bound = socket.borrow(posix::getsockname);
      int longest = queueOf(socket);
      hold(socket);
      address = bound;
      queue = longest;
    } catch (SysException e) {
      socket.close();
      throw e;
    }
  }

  /** Options that accepted connections inherit, and those of the queue. */
  private void inherited(OwnedFd socket) throws SysException {
    TcpOptions tcp = config.tcp();
    set(socket, SOL_SOCKET, SO_KEEPALIVE, tcp.keepAlive());
    set(socket, IPPROTO_TCP, TCP_NODELAY, tcp.noDelay());
    if (tcp.deferAccept().isPresent()) {
      int seconds = (int) Math.max(1, tcp.deferAccept().get().toSeconds());
      socket.use(n -> posix.setsockopt(n, IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds));
    }
    if (tcp.fastOpenQueue() > 0) {
      socket.use(n -> posix.setsockopt(n, IPPROTO_TCP, TCP_FASTOPEN, tcp.fastOpenQueue()));
    }
  }

  private void set(OwnedFd socket, int level, int option, boolean on) throws SysException {
    socket.use(n -> posix.setsockopt(n, level, option, on ? 1 : 0));
  }

  private int queueOf(OwnedFd socket) throws SysException {
    byte[] info = new byte[TCP_INFO_SIZE];
    socket.use(n -> posix.getsockopt(n, IPPROTO_TCP, TCP_INFO, info));
    return ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt(TCP_INFO_SACKED);
  }

  private static String hint(SysException e, int port) {
    return switch (e.errno()) {
      case EADDRINUSE -> "another process listens there";
      case EADDRNOTAVAIL -> "no interface of this machine has this address";
      case EACCES ->
          port > 0 && port < 1024 ? "a port below 1024 needs CAP_NET_BIND_SERVICE (or root)" : "";
      case EAFNOSUPPORT -> "this kernel has no IPv6";
      default -> "";
    };
  }

  @Override
  String uri() {
    return Addresses.tcpUri(address);
  }

  @Override
  Optional<Outcome> checkQueue() throws SysException {
    int now = queueOf(fd());
    if (now == queue) {
      return Optional.empty();
    }
    listen(fd());
    return Optional.of(
        new Outcome(
            "its queue was changed from " + queue + " to " + now + " connections",
            "changed back",
            false));
  }

  /**
   * {@code listen} again is enough where the port was given to bind. Where the kernel chose it, the
   * shutdown has freed it, and {@code listen} would choose another; so a new socket takes it.
   */
  @Override
  Outcome restore() throws SysException {
    String found = "it was shut down";
    if (!portWasChosen) {
      inherited(fd());
      listen(fd());
      if (listening() && fd().borrow(posix::getsockname).port() == address.port()) {
        return new Outcome(found, "listening again", false);
      }
    }
    bind(address);
    return new Outcome(found, "bound again, by a new socket", true);
  }
}
