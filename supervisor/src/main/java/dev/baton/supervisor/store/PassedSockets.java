package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sockets that a service manager has bound for listeners: each is found by the listener's name, or
 * by where it is bound. Owns those that no listener has taken. For one thread.
 */
public final class PassedSockets implements AutoCloseable {
  private final Posix posix;
  private final List<PassedSocket> sockets;
  private final List<String> taken = new ArrayList<>();

  /** Consumes the sockets. */
  public PassedSockets(Posix posix, List<PassedSocket> sockets) {
    this.posix = posix;
    this.sockets = new ArrayList<>(sockets);
  }

  /** Moves out those that are not a manager's own, but which it has kept for an earlier us. */
  public List<PassedSocket> takeKept() {
    List<PassedSocket> kept =
        sockets.stream().filter(s -> KeptName.parse(s.name()).isPresent()).toList();
    sockets.removeAll(kept);
    return kept;
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
        Place place = Place.of(posix, socket.fd());
        boolean fits = place.fits(listener.address(), lookup);
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
        where = "at " + Place.of(posix, socket.fd()).uri();
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
