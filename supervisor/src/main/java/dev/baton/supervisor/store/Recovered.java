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
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What comes back to a new supervisor: the sockets and files that the one before had, by workers
 * that it had lent them, or by a service manager that keeps copies. A socket is known by its cookie
 * (SO_COOKIE, {@code socket(7)}), a file by device and inode. Owns what nobody has taken. For one
 * thread.
 */
public final class Recovered implements AutoCloseable {
  private final Posix posix;
  private final Map<String, ListenerRecord> records = new HashMap<>();
  private final Map<String, Map<Long, Socket>> sockets = new HashMap<>();
  private final Map<String, List<Copy>> files = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** The manager's names of what it keeps for nothing, as far as is known. */
  private final Set<String> useless = new LinkedHashSet<>();

  private Consumer<Set<String>> forget = names -> {};

  /**
   * One socket.
   *
   * @param slot of who brought it, or whose it is; 0 where slots have none of their own
   * @param keptAs the manager's name of it; empty when only workers have brought it
   */
  private record Socket(OwnedFd fd, int slot, Optional<KeptName> keptAs) {}

  /** One open file, and the manager's name of it if it has brought it. */
  private record Copy(OwnedFd fd, Optional<String> keptAs) {}

  /**
   * The sockets of a listener.
   *
   * @param bySlot the caller's to close
   * @param order of the slots in the kernel's group; empty when it is not known
   */
  record Group(TreeMap<Integer, OwnedFd> bySlot, List<Integer> order) implements AutoCloseable {
    @Override
    public void close() {
      bySlot.values().forEach(OwnedFd::close);
    }
  }

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
          addFile(d.name(), new Copy(brought.take(i), Optional.empty()));
        } else if (d.kind() == Descriptor.Kind.LISTENER) {
          addSocket(worker, d.name(), new Socket(brought.get(i), slot, Optional.empty()));
        }
      }
    }
  }

  /**
   * Takes what a service manager has kept for us; consumes all.
   *
   * @param forget is told, before anything is bound, the names of what it keeps for nothing: a
   *     socket would take an address away as long as it does
   */
  public void add(List<PassedSocket> kept, Consumer<Set<String>> forget) {
    this.forget = forget;
    for (PassedSocket one : kept) {
      KeptName name = KeptName.parse(one.name()).orElseThrow();
      if (name.kind() == Descriptor.Kind.FILE) {
        addFile(name.name(), new Copy(one.fd(), Optional.of(one.name())));
      } else {
        try (OwnedFd fd = one.fd()) {
          int slot = name.slot().orElse(0);
          addSocket("the service manager", name.name(), new Socket(fd, slot, Optional.of(name)));
        }
      }
    }
  }

  private void addFile(String name, Copy copy) {
    files.computeIfAbsent(name, n -> new ArrayList<>()).add(copy);
  }

  /** Takes the descriptor out unless it is there already. */
  private void addSocket(String from, String listener, Socket socket) {
    Map<Long, Socket> known = sockets.computeIfAbsent(listener, n -> new HashMap<>());
    try {
      long cookie = socket.fd().borrow(posix::socketCookie);
      Socket before = known.get(cookie);
      OwnedFd fd = before != null ? before.fd() : socket.fd().take("recovered:" + listener);
      if (before == null || socket.keptAs().isPresent()) {
        known.put(cookie, new Socket(fd, socket.slot(), socket.keptAs()));
      }
    } catch (SysException e) {
      problems.add(from + " brought no socket for listener " + listener + ": " + e.getMessage());
      socket.keptAs().ifPresent(kept -> useless.add(kept.toString()));
    }
  }

  /**
   * Moves the sockets of a listener out.
   *
   * @return empty when there are none, or they are not bound as it is configured now
   */
  Optional<Group> take(ListenerConfig listener, HostLookup lookup) {
    Map<Long, Socket> all = sockets.remove(listener.name());
    if (all == null || all.isEmpty()) {
      return Optional.empty();
    }
    ListenerRecord record = records.get(listener.name());
    if (record == null && fit(all.values(), listener, lookup)) {
      record = new ListenerRecord(listener.name(), configured(listener), false, List.of());
    }
    if (record == null || !record.configured().equals(configured(listener))) {
      problems.add("listener " + listener.name() + " was configured otherwise, and is bound anew");
      close(all.values());
      return Optional.empty();
    }
    return group(listener, record, all);
  }

  /** Whether a manager has kept these, and they are where the listener is to be. */
  private boolean fit(Collection<Socket> all, ListenerConfig listener, HostLookup lookup) {
    boolean perSlot = listener.mode() == ListenerMode.REUSEPORT;
    try {
      for (Socket socket : all) {
        Optional<KeptName> kept = socket.keptAs();
        if (kept.isEmpty()
            || kept.get().slot().isPresent() != perSlot
            || !Place.of(posix, socket.fd()).fits(listener.address(), lookup)) {
          return false;
        }
      }
      return true;
    } catch (SysException | UnknownHostException e) {
      return false; // the bind tells
    }
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
          boolean known = perSlot || socket.keptAs().isPresent();
          int slot = slots.getOrDefault(cookie, known ? socket.slot() : -1);
          if (slot < 0 || bySlot.containsKey(slot)) {
            others.add(socket);
          } else {
            bySlot.put(slot, socket.fd());
            cookies.put(slot, cookie);
            socket.keptAs().filter(kept -> !kept.isOf(slot)).ifPresent(this::forget);
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
    List<Copy> all = files.remove(file.name());
    if (all == null) {
      return Optional.empty();
    }
    Optional<Copy> same = all.stream().filter(c -> isSame(file, c.fd())).findFirst();
    Optional<OwnedFd> taken = same.map(c -> c.fd().take("file:" + file.name()));
    all.stream().filter(c -> same.filter(s -> s == c).isEmpty()).forEach(this::close);
    if (taken.isEmpty()) {
      problems.add(
          "file "
              + file.name()
              + ": "
              + file.path()
              + " is another file by now, or is to be opened otherwise: it is opened anew");
    }
    return taken;
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

  private void forget(KeptName kept) {
    useless.add(kept.toString());
  }

  private void close(Collection<Socket> all) {
    for (Socket socket : all) {
      socket.fd().close();
      socket.keptAs().ifPresent(this::forget);
    }
  }

  private void close(Copy copy) {
    copy.fd().close();
    copy.keptAs().ifPresent(useless::add);
  }

  /** Nobody takes anything any more: closes what is left, and has a manager do so. */
  @Override
  public void close() {
    sockets.values().forEach(all -> close(all.values()));
    sockets.clear();
    files.values().forEach(all -> all.forEach(this::close));
    files.clear();
    if (!useless.isEmpty()) {
      forget.accept(Set.copyOf(useless));
      useless.clear();
    }
  }
}
