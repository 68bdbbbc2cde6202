package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

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

  /**
   * A listener whose sockets an earlier supervisor has bound; consumes them.
   *
   * @throws UnavailableException with what the operator should know
   */
  static ListenerSockets recover(Posix posix, ListenerConfig wanted, Recovered.Group group)
      throws UnavailableException {
    TreeMap<Integer, OwnedFd> left = group.bySlot();
    try {
      if (!(wanted.address() instanceof TcpAddress) && !(wanted.address() instanceof UdpAddress)) {
        return new LoneSocket(
            UnixListener.recover(posix, wanted, left.pollFirstEntry().getValue()));
      }
      if (wanted.address() instanceof TcpAddress && wanted.mode() != ListenerMode.REUSEPORT) {
        return new LoneSocket(TcpListener.of(posix, wanted, left.pollFirstEntry().getValue()));
      }
      SortedMap<Integer, InetListener> sockets = new TreeMap<>();
      while (!left.isEmpty()) {
        Map.Entry<Integer, OwnedFd> next = left.pollFirstEntry();
        sockets.put(
            next.getKey(),
            wanted.address() instanceof TcpAddress
                ? TcpListener.of(posix, wanted, next.getValue())
                : UdpListener.of(posix, wanted, next.getValue()));
      }
      return new SocketGroup(sockets, group.order());
    } finally {
      left.values().forEach(OwnedFd::close);
    }
  }

  /** By which the next supervisor knows its sockets again. */
  final ListenerRecord record() {
    return new ListenerRecord(config.name(), Recovered.configured(config), ordered(), sockets());
  }

  /** Its sockets, in the order of the kernel's group where there is one and it is known. */
  abstract List<ListenerRecord.Socket> sockets();

  /** Whether that order is known. */
  boolean ordered() {
    return true;
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

  /** Its own descriptors, by the names under which a service manager may keep them. */
  abstract Map<String, OwnedFd> toBeKept();

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
