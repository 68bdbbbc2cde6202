package dev.baton.supervisor.store;

import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.sys.SysException;
import java.util.List;
import java.util.Set;

/** All that the store holds of one listener: one socket, or a group of them. Used by one thread. */
abstract sealed class ListenerSockets implements AutoCloseable permits LoneSocket, SocketGroup {
  final ListenerConfig config;

  ListenerSockets(ListenerConfig config) {
    this.config = config;
  }

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
