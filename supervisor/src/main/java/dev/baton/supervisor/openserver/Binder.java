package dev.baton.supervisor.openserver;

import static dev.baton.sys.Constants.AF_INET;
import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.IPPROTO_IPV6;
import static dev.baton.sys.Constants.IPV6_V6ONLY;
import static dev.baton.sys.Constants.SOCK_DGRAM;
import static dev.baton.sys.Constants.SOCK_STREAM;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_REUSEADDR;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.RequestedAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Makes sockets that are bound, and listen where that can be ({@code bind(2)}, {@code ip(7)}). */
final class Binder {
  private static final int BACKLOG = 4096;

  private final Posix posix;
  private final Sparing sparing;

  Binder(Posix posix, Sparing sparing) {
    this.posix = posix;
    this.sparing = sparing;
  }

  /** Binds an address that the policy allows, which stands for itself and no other. */
  Decision bind(AddressPolicy policy, String text) throws Refusal {
    RequestedAddress address = AddressPolicy.read(text);
    String rule = policy.rule(address);
    if (!(address instanceof RequestedAddress.Internet internet)) {
      throw Refusal.badRequest("only tcp and udp addresses can be bound");
    }
    try (OwnedFd socket = bound(internet)) {
      return Decision.given(socket.take("bound socket"), Descriptor.Kind.LISTENER, rule);
    } catch (SysException e) {
      throw Refusal.of(e);
    }
  }

  private OwnedFd bound(RequestedAddress.Internet address) throws SysException, Refusal {
    InetSocketAddress inet = address.inet();
    boolean ipv6 = inet.getAddress() instanceof Inet6Address;
    boolean tcp = address.scheme().equals(RequestedAddress.TCP);
    int type = tcp ? SOCK_STREAM : SOCK_DGRAM;
    int number = posix.socket(ipv6 ? AF_INET6 : AF_INET, type, 0);
    OwnedFd socket = sparing.first(OwnedFd.of(posix, number, "socket to bind"));
    try {
      if (tcp) { // with UDP it would let others take the datagrams
        socket.use(n -> posix.setsockopt(n, SOL_SOCKET, SO_REUSEADDR, 1));
      }
      if (ipv6) { // a rule for [::] is none for 0.0.0.0
        socket.use(n -> posix.setsockopt(n, IPPROTO_IPV6, IPV6_V6ONLY, 1));
      }
      socket.use(n -> posix.bind(n, SockAddr.inet(inet.getAddress(), inet.getPort())));
      if (tcp) {
        socket.use(n -> posix.listen(n, BACKLOG));
      }
      return socket;
    } catch (SysException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
