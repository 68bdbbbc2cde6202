package dev.baton.supervisor.runtime;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.dispatch.Dispatcher;
import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.store.FdStore;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The sockets of a pool's reuseport listeners: which of them get new connections, who empties one
 * whose slot has no ready worker, and when one that is not needed any more is closed. A held socket
 * that nobody polls would swallow its full share of connections. Only for the loop's thread.
 */
final class ReuseportSockets {
  /**
   * From steering away to the close of an empty socket: a handshake that had begun before can still
   * complete on it, and a lost SYN-ACK is sent again after 1 s (tcp(7)).
   */
  private static final long CLOSE_AFTER = TimeUnit.SECONDS.toNanos(3);

  private final List<String> listeners;
  private final List<String> streams;
  private final long closeAfter;
  private final FdStore store;
  private final Dispatcher dispatcher;
  private final Journal journal;
  private final Map<Integer, Long> steeredAway = new HashMap<>();
  private Set<Integer> serving = Set.of();
  private boolean astray;

  /**
   * @param listeners all reuseport listeners of the pool
   * @param streams those of them that have connections, and not datagrams
   * @param longestHandshake nanoseconds for which a connection may stay out of the queue
   * @param dispatcher null when there are no streams
   */
  ReuseportSockets(
      List<String> listeners,
      List<String> streams,
      long longestHandshake,
      FdStore store,
      Dispatcher dispatcher,
      Journal journal) {
    this.listeners = new ArrayList<>(listeners);
    this.streams = new ArrayList<>(streams);
    this.closeAfter = CLOSE_AFTER + longestHandshake;
    this.store = store;
    this.dispatcher = dispatcher;
    this.journal = journal;
  }

  /** New connections go to the slots that serve; what others had queued is handed to these. */
  void settle(Pool pool, long now) {
    if (listeners.isEmpty()) {
      return;
    }
    Set<Integer> nowServing =
        pool.slots().stream().filter(Slot::serving).map(Slot::index).collect(Collectors.toSet());
    if (nowServing.equals(serving)) {
      return;
    }
    serving = nowServing;
    steerAll();
    for (int slot : allSlots()) {
      if (serving.isEmpty() || serving.contains(slot)) {
        back(slot);
      } else {
        away(slot, now);
      }
    }
  }

  /** What is queued there goes to the workers of other slots. */
  private void away(int slot, long now) {
    if (steeredAway.putIfAbsent(slot, now) == null) {
      streams.forEach(name -> empty(name, slot));
    }
  }

  private Set<Integer> allSlots() {
    Set<Integer> all = new HashSet<>();
    listeners.forEach(name -> all.addAll(store.slots(name)));
    return all;
  }

  private void steerAll() {
    astray = false;
    listeners.forEach(this::steer);
  }

  private void steer(String name) {
    try {
      Set<Integer> made = new HashSet<>(store.slots(name));
      made.retainAll(serving);
      store.steer(name, made);
    } catch (SysException e) {
      astray = true;
      journal.warn("listener " + name, "cannot be steered, trying on: " + e.getMessage());
    }
  }

  private void empty(String name, int slot) {
    if (!store.slots(name).contains(slot)) {
      return;
    }
    try {
      OwnedFd copy = store.lend(name, slot);
      dispatcher.extra(name, slot, copy);
    } catch (SysException e) {
      journal.warn(
          "listener " + name,
          "the socket of slot " + slot + " cannot be emptied: " + e.getMessage());
    }
  }

  private void back(int slot) {
    if (steeredAway.remove(slot) != null) {
      streams.forEach(name -> dispatcher.noExtra(name, slot));
    }
  }

  /** A listener has ended, with all of its sockets. */
  void ended(String listener) {
    listeners.remove(listener);
    if (streams.remove(listener)) {
      steeredAway.keySet().forEach(slot -> dispatcher.noExtra(listener, slot));
    }
  }

  /** Whether something is still queued for a slot that gets nothing new any more. */
  boolean waitsFor(int slot) {
    return steeredAway.containsKey(slot) && listeners.stream().anyMatch(n -> queued(n, slot) > 0);
  }

  private int queued(String name, int slot) {
    try {
      return store.slots(name).contains(slot) ? store.queued(name, slot) : 0;
    } catch (SysException e) {
      journal.warn("listener " + name, "its queue cannot be seen: " + e.getMessage());
      return 0;
    }
  }

  /** To be called now and then: tries again what failed, and closes what nobody needs any more. */
  void look(Pool pool, long now) {
    if (astray) {
      steerAll();
    }
    if (serving.isEmpty()) {
      return; // then all sockets take what comes
    }
    for (int slot : allSlots()) {
      if (unwanted(pool, slot)) {
        away(slot, now); // one that never served is not yet
        boolean empty = streams.stream().allMatch(name -> queued(name, slot) == 0);
        if (empty && now - steeredAway.get(slot) >= closeAfter) {
          steeredAway.remove(slot);
          streams.forEach(name -> dispatcher.noExtra(name, slot));
          listeners.forEach(name -> close(name, slot));
        }
      }
    }
  }

  private static boolean unwanted(Pool pool, int slot) {
    return pool.slots().stream()
        .filter(s -> s.index() == slot)
        .anyMatch(s -> s.goal() == Slot.Goal.STOP && s.workers().isEmpty());
  }

  private void close(String name, int slot) {
    if (!store.slots(name).contains(slot)) {
      return;
    }
    try {
      int left = store.queued(name, slot);
      if (left > 0) { // datagrams, which nobody but a worker of this slot could have read
        journal.warn("listener " + name, left + " bytes were left in the socket of slot " + slot);
      }
      store.release(name, slot);
      steer(name);
    } catch (SysException e) {
      journal.warn(
          "listener " + name,
          "the socket of slot " + slot + " cannot be closed: " + e.getMessage());
    }
  }
}
