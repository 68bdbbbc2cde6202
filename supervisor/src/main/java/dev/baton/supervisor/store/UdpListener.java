package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.IPPROTO_IP;
import static dev.baton.sys.Constants.IPPROTO_IPV6;
import static dev.baton.sys.Constants.IPPROTO_UDP;
import static dev.baton.sys.Constants.IPV6_ADD_MEMBERSHIP;
import static dev.baton.sys.Constants.IPV6_MULTICAST_ALL;
import static dev.baton.sys.Constants.IPV6_V6ONLY;
import static dev.baton.sys.Constants.IP_ADD_MEMBERSHIP;
import static dev.baton.sys.Constants.IP_MULTICAST_ALL;
import static dev.baton.sys.Constants.SOCK_DGRAM;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_MEMINFO;
import static dev.baton.sys.Constants.SO_RCVBUF;
import static dev.baton.sys.Constants.SO_REUSEADDR;
import static dev.baton.sys.Constants.SO_REUSEPORT;
import static dev.baton.sys.Constants.SO_SNDBUF;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.config.UdpOptions;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SocketFilter;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A UDP socket ({@code udp(7)}). */
final class UdpListener extends InetListener {
  private final int multicastInterface;
  private final boolean beside;

  private UdpListener(Posix posix, ListenerConfig config, int multicastInterface, boolean beside) {
    super(posix, config);
    this.multicastInterface = multicastInterface;
    this.beside = beside;
  }

  /**
   * Binds. May block on a name server.
   *
   * @throws UnavailableException with what the operator should know
   */
  static UdpListener open(Posix posix, ListenerConfig config, HostLookup lookup)
      throws UnavailableException {
    UdpAddress wanted = (UdpAddress) config.address();
    Optional<String> name = config.udp().multicastInterface();
    int index = name.isEmpty() ? 0 : interfaceIndex(name.get());
    UdpListener listener = new UdpListener(posix, config, index, false);
    listener.open(wanted.host(), wanted.port(), lookup);
    return listener;
  }

  private static int interfaceIndex(String name) throws UnavailableException {
    try {
      NetworkInterface found = NetworkInterface.getByName(name);
      if (found == null) {
        throw new UnavailableException("this machine has no interface named " + name);
      }
      return found.getIndex();
    } catch (SocketException e) {
      throw new UnavailableException("the interfaces of this machine cannot be read: " + e);
    }
  }

  /**
   * With a socket that was bound to the address; consumes it.
   *
   * @throws UnavailableException with what the operator should know
   */
  static UdpListener of(Posix posix, ListenerConfig config, OwnedFd socket)
      throws UnavailableException {
    Optional<String> name = config.udp().multicastInterface();
    try {
      int index = name.isEmpty() ? 0 : interfaceIndex(name.get());
      UdpListener listener = new UdpListener(posix, config, index, false);
      listener.takeOver(socket);
      return listener;
    } catch (UnavailableException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  void prepare(OwnedFd socket) throws SysException {
    UdpOptions udp = config().udp();
    if (udp.receiveBuffer() > 0) {
      set(socket, SOL_SOCKET, SO_RCVBUF, udp.receiveBuffer());
    }
    if (udp.sendBuffer() > 0) {
      set(socket, SOL_SOCKET, SO_SNDBUF, udp.sendBuffer());
    }
  }

  @Override
  InetListener another() {
    return new UdpListener(posix, config(), multicastInterface, true);
  }

  @Override
  OwnedFd unbound(int family) throws SysException {
    int type = SOCK_DGRAM | SOCK_NONBLOCK;
    OwnedFd socket = OwnedFd.of(posix, posix.socket(family, type, IPPROTO_UDP), label());
    try {
      UdpOptions udp = config().udp();
      if (udp.reuseAddress() || beside) {
        set(socket, SOL_SOCKET, SO_REUSEADDR, true);
      }
      if (family == AF_INET6) {
        // Said, not left to net.ipv6.bindv6only.
        set(socket, IPPROTO_IPV6, IPV6_V6ONLY, udp.ipv6Only());
      }
      prepare(socket);
      return socket;
    } catch (SysException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  void bound(OwnedFd socket) throws SysException {
    if (beside && !config().udp().reuseAddress()) {
      set(socket, SOL_SOCKET, SO_REUSEADDR, false); // it was for those that were disowned
    }
    for (String group : config().udp().multicast()) {
      join(socket, literal(group));
    }
  }

  private static InetAddress literal(String group) {
    try {
      return InetAddress.getByName(group);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + group, e);
    }
  }

  /** Joins a group, and takes no datagrams of groups that others on this machine joined. */
  private void join(OwnedFd socket, InetAddress group) throws SysException {
    byte[] address = group.getAddress();
    boolean ipv4 = address.length == 4;
    // struct ip_mreqn: group, local address, index; struct ipv6_mreq: group, index
    ByteBuffer request = ByteBuffer.allocate(ipv4 ? 12 : 20).order(ByteOrder.nativeOrder());
    request.put(address);
    if (ipv4) {
      request.putInt(0);
    }
    request.putInt(multicastInterface);
    int level = ipv4 ? IPPROTO_IP : IPPROTO_IPV6;
    set(socket, level, ipv4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, false);
    int option = ipv4 ? IP_ADD_MEMBERSHIP : IPV6_ADD_MEMBERSHIP;
    try {
      socket.use(n -> posix.setsockopt(n, level, option, request.array()));
    } catch (SysException e) {
      if (e.errno() != Errno.EADDRINUSE) { // whoever had the socket before has joined
        throw e;
      }
    }
  }

  /**
   * A socket that gets connected leaves its group: everywhere if it is bound to all interfaces, and
   * on current kernels in any case. It keeps what is queued in it.
   */
  @Override
  boolean leave(SocketFilter current) throws SysException {
    fd().use(n -> posix.connect(n, address()));
    if (!isMember(current)) {
      disown();
      return true;
    }
    fd().use(n -> posix.connect(n, SockAddr.unspecified()));
    return false;
  }

  /**
   * Lets it be while workers have copies of it. With SO_REUSEPORT the kernel would take it for one
   * of the group, although it has left, and make a new group of it and the next that is bound; but
   * without, that one can only be bound if both have SO_REUSEADDR.
   */
  void disown() throws SysException {
    set(fd(), SOL_SOCKET, SO_REUSEADDR, true);
    set(fd(), SOL_SOCKET, SO_REUSEPORT, false);
  }

  /** Whether it is in a group: only then the kernel lets it have a program for it. */
  boolean isMember(SocketFilter current) throws SysException {
    try {
      fd().use(n -> posix.attachReuseportFilter(n, current));
      return true;
    } catch (SysException e) {
      if (e.errno() == Errno.EINVAL) {
        return false;
      }
      throw e;
    }
  }

  @Override
  String uri() {
    return Addresses.uri("udp", address());
  }

  @Override
  Optional<Outcome> checkQueue() {
    return Optional.empty();
  }

  /** Only a group replaces sockets of UDP. */
  @Override
  Outcome restore(String found) {
    throw new UnsupportedOperationException("see SocketGroup");
  }

  /** The memory of what is queued, with the kernel's overhead. */
  @Override
  int queued() throws SysException {
    byte[] used = new byte[Integer.BYTES];
    fd().use(n -> posix.getsockopt(n, SOL_SOCKET, SO_MEMINFO, used));
    if (!hasInput()) { // a datagram with a wrong checksum is dropped only now
      return 0;
    }
    return Math.max(1, ByteBuffer.wrap(used).order(ByteOrder.nativeOrder()).getInt());
  }
}
