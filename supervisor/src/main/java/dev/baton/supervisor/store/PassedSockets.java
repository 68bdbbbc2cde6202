package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.config.UnixName;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sockets that a service manager has bound for listeners: each is found by the listener's name, or
 * by where it is bound. Owns those that no listener has taken. For one thread.
 */
public final class PassedSockets implements AutoCloseable {
  private static final String ANY = "*";

  private final Posix posix;
  private final List<PassedSocket> sockets;
  private final List<String> taken = new ArrayList<>();

  /** Consumes the sockets. */
  public PassedSockets(Posix posix, List<PassedSocket> sockets) {
    this.posix = posix;
    this.sockets = new ArrayList<>(sockets);
  }

  /** A socket in words. */
  private record Place(int type, SockAddr address) {
    boolean datagram() {
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
  }

  private Place place(OwnedFd fd) throws SysException {
    int type = fd.borrow(n -> posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_TYPE));
    return new Place(type, fd.borrow(posix::getsockname));
  }

  /**
   * Moves the socket of a listener out.
   *
   * @return empty when there is none for it
   * @throws UnavailableException when one is called like it and bound elsewhere, or cannot be used
   */
  Optional<OwnedFd> take(ListenerConfig listener, HostLookup lookup) throws UnavailableException {
    for (PassedSocket socket : sockets) {
      boolean named = socket.name().equals(listener.name());
      try {
        Place place = place(socket.fd());
        boolean fits = fits(place, listener.address(), lookup);
        if (named && !fits) {
          throw new UnavailableException(
              "the service manager's socket of this name is at " + place.uri());
        }
        if (fits) {
          return Optional.of(taken(socket, listener, place));
        }
      } catch (SysException e) {
        if (named) {
          throw new UnavailableException(e, "the service manager passes no socket by this name");
        }
      } catch (UnknownHostException e) {
        return Optional.empty(); // the bind will tell
      }
    }
    return Optional.empty();
  }

  private OwnedFd taken(PassedSocket socket, ListenerConfig listener, Place place)
      throws UnavailableException {
    if (listener.mode() == ListenerMode.REUSEPORT) {
      throw new UnavailableException(
          "the service manager passes "
              + place.uri()
              + ", but in mode reuseport Baton binds a socket for each slot itself: take the socket"
              + " from the service manager, or use another mode");
    }
    sockets.remove(socket);
    taken.add(listener.name());
    return socket.fd();
  }

  private static boolean fits(Place place, ListenAddress wanted, HostLookup lookup)
      throws UnknownHostException {
    if (wanted.datagram() != place.datagram()) {
      return false;
    }
    boolean unix = place.address().family() == Constants.AF_UNIX;
    Optional<UnixName> name = wanted.unixName();
    if (name.isPresent() || unix) {
      return name.isPresent() && unix && fits(place.address(), name.get());
    }
    return wanted instanceof TcpAddress tcp
        ? fits(place.address(), tcp.host(), tcp.port(), lookup)
        : wanted instanceof UdpAddress udp && fits(place.address(), udp.host(), udp.port(), lookup);
  }

  private static boolean fits(SockAddr bound, UnixName name) {
    return name.isAbstract()
        ? name.abstractName().equals(bound.abstractName())
        : name.path().toString().equals(bound.path());
  }

  /** Port 0 leaves the choice to whoever binds. */
  private static boolean fits(SockAddr bound, String host, int port, HostLookup lookup)
      throws UnknownHostException {
    if (port != 0 && port != bound.port()) {
      return false;
    }
    InetAddress there = bound.host();
    return host.equals(ANY) ? there.isAnyLocalAddress() : lookup.find(host).equals(there);
  }

  /** The listeners that have taken theirs. */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  /** Those that no listener has taken, one line for the operator each. */
  List<String> leftOver() {
    List<String> lines = new ArrayList<>();
    for (PassedSocket socket : sockets) {
      String called = socket.name().isEmpty() ? "" : " called " + socket.name();
      String where;
      try {
        where = "at " + place(socket.fd()).uri();
      } catch (SysException e) {
        where = "that is no socket (" + e.getMessage() + ")";
      }
      lines.add(
          "the service manager passes a descriptor"
              + called
              + " "
              + where
              + ", and no listener is configured for it");
    }
    return lines;
  }

  @Override
  public void close() {
    sockets.forEach(socket -> socket.fd().close());
    sockets.clear();
  }
}
