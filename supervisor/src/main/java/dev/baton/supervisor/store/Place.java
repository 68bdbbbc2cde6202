package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.config.UnixName;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Of what type a socket is, and where it is bound. */
record Place(int type, SockAddr address) {
  private static final String ANY = "*";

  /**
   * Asks a socket.
   *
   * @throws SysException also when it is none
   */
  static Place of(Posix posix, OwnedFd fd) throws SysException {
    int type = fd.borrow(n -> posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_TYPE));
    return new Place(type, fd.borrow(posix::getsockname));
  }

  private boolean datagram() {
    return type == Constants.SOCK_DGRAM;
  }

  String uri() {
    if (address.family() != Constants.AF_UNIX) {
      return Addresses.uri(datagram() ? "udp" : "tcp", address);
    }
    String name =
        address.path().isEmpty() ? '@' + String.valueOf(address.abstractName()) : address.path();
    return (datagram() ? "unixgram:" : "unix:") + name;
  }

  /** Whether a listener that is configured so is to be here. */
  boolean fits(ListenAddress wanted, HostLookup lookup) throws UnknownHostException {
    if (wanted.datagram() != datagram()) {
      return false;
    }
    boolean unix = address.family() == Constants.AF_UNIX;
    Optional<UnixName> name = wanted.unixName();
    if (name.isPresent() || unix) {
      return name.isPresent() && unix && fits(name.get());
    }
    return wanted instanceof TcpAddress tcp
        ? fits(tcp.host(), tcp.port(), lookup)
        : wanted instanceof UdpAddress udp && fits(udp.host(), udp.port(), lookup);
  }

  private boolean fits(UnixName name) {
    return name.isAbstract()
        ? name.abstractName().equals(address.abstractName())
        : name.path().toString().equals(address.path());
  }

  /** Port 0 leaves the choice to whoever binds. */
  private boolean fits(String host, int port, HostLookup lookup) throws UnknownHostException {
    if (port != 0 && port != address.port()) {
      return false;
    }
    InetAddress there = address.host();
    return host.equals(ANY) ? there.isAnyLocalAddress() : lookup.find(host).equals(there);
  }
}
