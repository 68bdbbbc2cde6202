package dev.baton.supervisor.store;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.sys.Constants;
import dev.baton.sys.FileStatus;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What workers bring back to a new supervisor: the sockets and files that the one before had lent
 * them. A socket is known by its cookie (SO_COOKIE, {@code socket(7)}), a file by device and inode.
 * Owns what nobody has taken. For one thread.
 */
public final class Recovered implements AutoCloseable {
  private final Posix posix;
  private final Map<String, ListenerRecord> records = new HashMap<>();
  private final Map<String, Map<Long, Socket>> sockets = new HashMap<>();
  private final Map<String, List<OwnedFd>> files = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** One socket, and the slot of who brought it. */
  private record Socket(OwnedFd fd, int slot) {}

  /**
   * The sockets of a listener.
   *
   * @param bySlot the caller's to close
   * @param order of the slots in the kernel's group; empty when it is not known
   */
  record Group(TreeMap<Integer, OwnedFd> bySlot, List<Integer> order) {}

  /**
   * Nothing yet.
   *
   * @param records what the supervisor before has written down of its listeners
   */
  public Recovered(Posix posix, Collection<ListenerRecord> records) {
    this.posix = posix;
    records.forEach(r -> this.records.put(r.listener(), r));
  }

  /** Nothing, ever. */
  static Recovered nothing(Posix posix) {
    return new Recovered(posix, List.of());
  }

  /**
   * Takes what a worker has brought; consumes all.
   *
   * @param what tells of each
   */
  public void add(String worker, int slot, List<Descriptor> what, FdBag brought) {
    try (brought) {
      for (int i = 0; i < what.size(); i++) {
        Descriptor d = what.get(i);
        if (d.kind() == Descriptor.Kind.FILE) {
          files.computeIfAbsent(d.name(), n -> new ArrayList<>()).add(brought.take(i));
        } else if (d.kind() == Descriptor.Kind.LISTENER) {
          addSocket(worker, slot, d.name(), brought.get(i));
        }
      }
    }
  }

  private void addSocket(String worker, int slot, String name, OwnedFd fd) {
    Map<Long, Socket> known = sockets.computeIfAbsent(name, n -> new HashMap<>());
    try {
      long cookie = fd.borrow(posix::socketCookie);
      if (!known.containsKey(cookie)) {
        known.put(cookie, new Socket(fd.take("recovered:" + name), slot));
      }
    } catch (SysException e) {
      problems.add(worker + " brought no socket for listener " + name + ": " + e.getMessage());
    }
  }

  /**
   * Moves the sockets of a listener out.
   *
   * @return empty when there are none, or they are not bound as it is configured now
   */
  Optional<Group> take(ListenerConfig listener) {
    Map<Long, Socket> all = sockets.remove(listener.name());
    ListenerRecord record = records.get(listener.name());
    if (all == null) {
      return Optional.empty();
    }
    if (record == null || !record.configured().equals(configured(listener))) {
      problems.add("listener " + listener.name() + " was configured otherwise, and is bound anew");
      close(all.values());
      return Optional.empty();
    }
    return group(listener, record, all);
  }

  private Optional<Group> group(
      ListenerConfig listener, ListenerRecord record, Map<Long, Socket> all) {
    Map<Long, Integer> slots = new HashMap<>();
    record.sockets().forEach(s -> slots.put(s.cookie(), s.slot()));
    TreeMap<Integer, OwnedFd> bySlot = new TreeMap<>();
    Map<Integer, Long> cookies = new HashMap<>();
    List<Socket> others = new ArrayList<>();
    boolean perSlot = listener.mode() == ListenerMode.REUSEPORT;
    all.forEach(
        (cookie, socket) -> {
          int slot = slots.getOrDefault(cookie, perSlot ? socket.slot() : -1);
          if (slot < 0 || bySlot.containsKey(slot)) {
            others.add(socket);
          } else {
            bySlot.put(slot, socket.fd());
            cookies.put(slot, cookie);
          }
        });
    if (!others.isEmpty()) {
      problems.add(
          "listener "
              + listener.name()
              + ": "
              + others.size()
              + " sockets came that were not lent, and are closed");
      close(others);
    }
    return bySlot.isEmpty()
        ? Optional.empty()
        : Optional.of(new Group(bySlot, order(record, cookies)));
  }

  /** One that is gone has left the group, so the last has taken its place; of two who knows. */
  private static List<Integer> order(ListenerRecord record, Map<Integer, Long> cookies) {
    GroupOrder<Long> order = new GroupOrder<>();
    record.sockets().forEach(s -> order.add(s.cookie()));
    List<Long> gone =
        order.members().stream().filter(cookie -> !cookies.containsValue(cookie)).toList();
    boolean unknown = cookies.values().stream().anyMatch(cookie -> !order.contains(cookie));
    if (!record.ordered() || gone.size() > 1 || unknown) {
      return List.of();
    }
    gone.forEach(order::remove);
    Map<Long, Integer> slots = new LinkedHashMap<>();
    cookies.forEach((slot, cookie) -> slots.put(cookie, slot));
    return order.members().stream().map(slots::get).toList();
  }

  /** Moves a file out: the one that the path still leads to, opened as it is configured now. */
  Optional<OwnedFd> take(FileConfig file) {
    List<OwnedFd> all = files.getOrDefault(file.name(), List.of());
    for (OwnedFd fd : all) {
      if (fd.isOpen() && isSame(file, fd)) {
        OwnedFd taken = fd.take("file:" + file.name());
        all.forEach(OwnedFd::close);
        return Optional.of(taken);
      }
    }
    return Optional.empty();
  }

  private boolean isSame(FileConfig file, OwnedFd fd) {
    FileStatus status = new FileStatus();
    try {
      FileMark there = FileMark.of(posix, file);
      fd.use(n -> posix.statx(n, status));
      int flags = fd.borrow(posix::statusFlags);
      int compared = Constants.O_ACCMODE | Constants.O_APPEND;
      return status.device() == there.device()
          && status.inode() == there.inode()
          && (flags & compared) == (FileOpener.access(file) & compared);
    } catch (SysException e) {
      return false;
    }
  }

  /** What was not as it should be so far, for the operator. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Where it is to be bound and how its connections reach workers: as one text. */
  static String configured(ListenerConfig listener) {
    return listener.address().uri() + ' ' + Words.of(listener.mode());
  }

  private static void close(Collection<Socket> all) {
    all.forEach(s -> s.fd().close());
  }

  @Override
  public void close() {
    sockets.values().forEach(all -> close(all.values()));
    sockets.clear();
    files.values().forEach(all -> all.forEach(OwnedFd::close));
    files.clear();
  }
}
