package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.IPPROTO_IPV6;
import static dev.baton.sys.Constants.IPPROTO_TCP;
import static dev.baton.sys.Constants.IPV6_V6ONLY;
import static dev.baton.sys.Constants.SHUT_RDWR;
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
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.TcpOptions;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SocketFilter;
import dev.baton.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A listening TCP socket ({@code tcp(7)}). */
final class TcpListener extends InetListener {
  /** The start of {@code struct tcp_info}, up to and with {@code tcpi_sacked}. */
  private static final int TCP_INFO_SIZE = 32;

  /** {@code tcpi_unacked}, which on a listening socket is how many wait to be accepted. */
  private static final int TCP_INFO_UNACKED = 24;

  /** {@code tcpi_sacked}, which on a listening socket is its longest queue. */
  private static final int TCP_INFO_SACKED = 28;

  private final boolean portWasChosen;
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
    // In a group even the first one binds to a port that is known by then.
    boolean chosen = wanted.port() == 0 && config.mode() != ListenerMode.REUSEPORT;
    TcpListener listener = new TcpListener(posix, config, chosen);
    listener.open(wanted.host(), wanted.port(), lookup);
    return listener;
  }

  /**
   * With a socket that was bound to the address; consumes it.
   *
   * @throws UnavailableException with what the operator should know
   */
  static TcpListener of(Posix posix, ListenerConfig config, OwnedFd socket)
      throws UnavailableException {
    TcpListener listener = new TcpListener(posix, config, false);
    listener.takeOver(socket);
    return listener;
  }

  @Override
  void prepare(OwnedFd socket) throws SysException {
    inherited(socket);
  }

  @Override
  InetListener another() {
    return new TcpListener(posix, config(), false);
  }

  @Override
  OwnedFd unbound(int family) throws SysException {
    int type = SOCK_STREAM | SOCK_NONBLOCK;
    OwnedFd socket = OwnedFd.of(posix, posix.socket(family, type, IPPROTO_TCP), label());
    try {
      TcpOptions tcp = config().tcp();
      set(socket, SOL_SOCKET, SO_REUSEADDR, tcp.reuseAddress());
      if (family == AF_INET6) {
        // Said, not left to net.ipv6.bindv6only.
        set(socket, IPPROTO_IPV6, IPV6_V6ONLY, tcp.ipv6Only());
      }
      inherited(socket);
      return socket;
    } catch (SysException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  void configure(ListenerConfig next) throws SysException {
    TcpOptions before = config().tcp();
    super.configure(next);
    inherited(fd());
    if (before.deferAccept().isPresent() && next.tcp().deferAccept().isEmpty()) {
      set(fd(), IPPROTO_TCP, TCP_DEFER_ACCEPT, 0);
    }
    if (before.fastOpenQueue() > 0 && next.tcp().fastOpenQueue() == 0) {
      set(fd(), IPPROTO_TCP, TCP_FASTOPEN, 0);
    }
    queue = info(fd(), TCP_INFO_SACKED);
  }

  @Override
  void bound(OwnedFd socket) throws SysException {
    listen(socket);
    queue = info(socket, TCP_INFO_SACKED);
  }

  /** A shutdown ends the copies of others, too. */
  @Override
  boolean leave(SocketFilter current) throws SysException {
    try {
      fd().use(n -> posix.shutdown(n, SHUT_RDWR));
    } catch (SysException e) {
      if (e.errno() != Errno.ENOTCONN) { // it had left already
        throw e;
      }
    }
    return true;
  }

  /** Options that accepted connections inherit, and those of the queue. */
  private void inherited(OwnedFd socket) throws SysException {
    TcpOptions tcp = config().tcp();
    set(socket, SOL_SOCKET, SO_KEEPALIVE, tcp.keepAlive());
    set(socket, IPPROTO_TCP, TCP_NODELAY, tcp.noDelay());
    if (tcp.deferAccept().isPresent()) {
      int seconds = (int) Math.max(1, tcp.deferAccept().get().toSeconds());
      set(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds);
    }
    if (tcp.fastOpenQueue() > 0) {
      set(socket, IPPROTO_TCP, TCP_FASTOPEN, tcp.fastOpenQueue());
    }
  }

  private int info(OwnedFd socket, int offset) throws SysException {
    byte[] info = new byte[TCP_INFO_SIZE];
    socket.use(n -> posix.getsockopt(n, IPPROTO_TCP, TCP_INFO, info));
    return ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt(offset);
  }

  @Override
  String uri() {
    return Addresses.uri("tcp", address());
  }

  @Override
  Optional<Outcome> checkQueue() throws SysException {
    int now = info(fd(), TCP_INFO_SACKED);
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
  Outcome restore(String found) throws SysException {
    if (!portWasChosen) {
      inherited(fd());
      listen(fd());
      if (listening() && fd().borrow(posix::getsockname).port() == address().port()) {
        return new Outcome(found, "listening again", false);
      }
    }
    bind(address(), config().mode() == ListenerMode.REUSEPORT);
    return new Outcome(found, REPLACED, true);
  }

  @Override
  int queued() throws SysException {
    return info(fd(), TCP_INFO_UNACKED);
  }
}
