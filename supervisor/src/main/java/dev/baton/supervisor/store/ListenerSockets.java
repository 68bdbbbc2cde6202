package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All that the store holds of one listener: one socket, or a group of them. Used by one thread. */
abstract sealed class ListenerSockets implements AutoCloseable permits LoneSocket, SocketGroup {
  private ListenerConfig config;

  ListenerSockets(ListenerConfig config) {
    this.config = config;
  }

  /**
   * Binds a listener. May block on a name server.
   *
   * @throws UnavailableException with what the operator should know
   */
  static ListenerSockets bind(Posix posix, ListenerConfig wanted, HostLookup lookup)
      throws UnavailableException {
    if (wanted.address() instanceof UdpAddress) {
      return new SocketGroup(UdpListener.open(posix, wanted, lookup));
    }
    if (wanted.address() instanceof TcpAddress) {
      TcpListener tcp = TcpListener.open(posix, wanted, lookup);
      return wanted.mode() == ListenerMode.REUSEPORT ? new SocketGroup(tcp) : new LoneSocket(tcp);
    }
    return new LoneSocket(UnixListener.open(posix, wanted));
  }

  /**
   * A listener whose socket somebody else has bound; consumes it.
   *
   * @throws UnavailableException with what the operator should know
   */
  static ListenerSockets of(Posix posix, ListenerConfig wanted, OwnedFd socket)
      throws UnavailableException {
    if (wanted.address() instanceof UdpAddress) {
      return new SocketGroup(UdpListener.of(posix, wanted, socket));
    }
    if (wanted.address() instanceof TcpAddress) {
      return new LoneSocket(TcpListener.of(posix, wanted, socket));
    }
    return new LoneSocket(UnixListener.of(posix, wanted, socket));
  }

  final ListenerConfig config() {
    return config;
  }

  /** As configured from now on, as far as a bound socket can be. */
  final void configure(ListenerConfig next) throws SysException {
    config = next;
    for (BoundListener socket : all()) {
      socket.configure(next);
    }
  }

  /** Every socket that there is of it. */
  abstract List<BoundListener> all();

  /** The socket that stands for the listener: the only one, or that of the first slot. */
  abstract BoundListener main();

  /** The socket of a slot, made if need be; the only one where slots have none of their own. */
  abstract BoundListener of(int slot) throws SysException;

  /** The slots that have sockets of their own. */
  abstract Set<Integer> slots();

  abstract void steer(Set<Integer> wanted) throws SysException;

  abstract int queued(int slot) throws SysException;

  abstract void release(int slot) throws SysException;

  /** Checks all, and repairs what can be; adds what was done, up to the first failure. */
  abstract void check(List<BoundListener.Outcome> done) throws SysException, UnavailableException;

  /** Every socket of it, with the slot that it is of. */
  final List<Holding> holdings() throws SysException {
    List<Holding> holdings = new ArrayList<>();
    for (BoundListener socket : all()) {
      String detail = slots().isEmpty() ? "" : "unused";
      for (int slot : slots()) {
        detail = of(slot) == socket ? "slot " + slot : detail;
      }
      holdings.add(
          new Holding(
              Descriptor.Kind.LISTENER, config.name(), detail, socket.inode(), socket.since()));
    }
    return holdings;
  }

  final HeldListener held() {
    BoundListener main = main();
    return new HeldListener(config.name(), main.uri(), config.mode(), main.cookie());
  }

  static void makeNonBlocking(BoundListener socket, List<BoundListener.Outcome> done)
      throws SysException {
    if (socket.makeNonBlocking()) {
      done.add(new BoundListener.Outcome("it was made blocking", "undone", false));
    }
  }

  @Override
  public abstract void close();
}
