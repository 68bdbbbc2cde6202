package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The supervisor's named, bounded set of listeners and held files. It opens all of them at once,
 * owns them for its life and only lends duplicates. Every descriptor is close-on-exec; every
 * listener is non-blocking.
 *
 * <p>Not thread-safe: used by the loop's thread. What it returns are snapshots that any thread may
 * read.
 */
public final class FdStore implements AutoCloseable {
  /** The most listeners and files together. */
  public static final int MAX = 1024;

  private final Map<String, ListenerSockets> listeners = new LinkedHashMap<>();
  private final Map<String, OpenFile> files = new LinkedHashMap<>();
  private final ListenerGuard guard = new ListenerGuard();

  /** The cookies of sockets that a service manager has bound, and has as long as it wants. */
  private final Map<String, Long> passedCookies = new HashMap<>();

  private FdStore() {}

  /**
   * Binds every listener and opens every file, or none. May block on a name server where a listener
   * names a host.
   *
   * @throws StoreException with all problems, one line each
   */
  public static FdStore open(
      Posix posix, Collection<ListenerConfig> listeners, Collection<FileConfig> files)
      throws StoreException {
    return open(posix, InetAddress::getByName, listeners, files);
  }

  /**
   * The same, with sockets that were bound before: a listener takes that which is its own, and it
   * is an error that one is left over.
   */
  public static FdStore open(
      Posix posix,
      PassedSockets passed,
      Collection<ListenerConfig> listeners,
      Collection<FileConfig> files)
      throws StoreException {
    return open(posix, passed, Recovered.nothing(posix), listeners, files);
  }

  /** The same, with what workers have brought back, which comes first. */
  public static FdStore open(
      Posix posix,
      PassedSockets passed,
      Recovered recovered,
      Collection<ListenerConfig> listeners,
      Collection<FileConfig> files)
      throws StoreException {
    return open(posix, passed, recovered, InetAddress::getByName, listeners, files);
  }

  static FdStore open(
      Posix posix,
      HostLookup lookup,
      Collection<ListenerConfig> listeners,
      Collection<FileConfig> files)
      throws StoreException {
    PassedSockets none = new PassedSockets(posix, List.of());
    return open(posix, none, Recovered.nothing(posix), lookup, listeners, files);
  }

  private static FdStore open(
      Posix posix,
      PassedSockets passed,
      Recovered recovered,
      HostLookup lookup,
      Collection<ListenerConfig> listeners,
      Collection<FileConfig> files)
      throws StoreException {
    FdStore store = new FdStore();
    try {
      List<String> problems =
          new Filling(posix, passed, recovered, lookup, store.listeners, store.files)
              .fill(listeners, files, store.passedCookies);
      if (!problems.isEmpty()) {
        throw new StoreException(problems);
      }
      return store;
    } catch (StoreException | RuntimeException e) {
      store.leave();
      throw e;
    }
  }

  /** Closes everything, and leaves the names that were there before: others may serve on. */
  private void leave() {
    listeners.values().forEach(l -> l.all().forEach(BoundListener::leaveName));
    close();
  }

  /**
   * A duplicate of a listener or held file, to be sent to a worker; the caller closes it. Of a
   * {@code reuseport} listener it is the socket of the first slot.
   *
   * @throws IllegalArgumentException when there is none of this name
   * @throws SysException when no descriptor is to be had
   */
  public OwnedFd lend(String name) throws SysException {
    ListenerSockets listener = listeners.get(name);
    OpenFile file = files.get(name);
    if (listener == null && file == null) {
      throw unknown(name);
    }
    OwnedFd own = listener != null ? listener.main().fd() : file.fd();
    return own.duplicate("lent:" + name);
  }

  /**
   * What a frame says of a listener or held file that is offered for use.
   *
   * @throws IllegalArgumentException when there is none of this name
   */
  public Descriptor describe(String name) {
    if (listeners.containsKey(name)) {
      HeldListener held = listeners.get(name).held();
      return Descriptor.listener(name, held.address(), Words.of(held.mode()));
    }
    if (files.containsKey(name)) {
      return Descriptor.file(name, Words.of(files.get(name).config().access()));
    }
    throw unknown(name);
  }

  /**
   * What a frame says of a listener. Whoever is handed connections keeps it only so that it
   * survives the supervisor.
   *
   * @param mode as the worker's configuration has it
   * @throws IllegalArgumentException when there is none of this name
   */
  public Descriptor describe(String listener, ListenerMode mode) {
    Purpose purpose = mode == ListenerMode.DISPATCH ? Purpose.CUSTODY : Purpose.USE;
    String address = listener(listener).held().address();
    return new Descriptor(Kind.LISTENER, listener, purpose, address, Words.of(mode), null);
  }

  /**
   * A duplicate of what the worker of a slot serves a listener with: the slot's own socket where
   * each has one ({@code reuseport}), which is made when there is none yet; else as {@link
   * #lend(String)}. The caller closes it.
   *
   * @throws IllegalArgumentException when there is none of this name
   * @throws SysException when no descriptor or socket is to be had
   */
  public OwnedFd lend(String name, int slot) throws SysException {
    ListenerSockets listener = listeners.get(name);
    return listener == null ? lend(name) : listener.of(slot).fd().duplicate("lent:" + name);
  }

  /**
   * Lets new connections or datagrams of a {@code reuseport} listener reach the sockets of these
   * slots only. Where it names no slot that has a socket, all get their share. A socket that is
   * made later gets nothing until its slot is named here, unless all get their share. Connections
   * are spread by chance; the datagrams of one client address and port reach the same slot as long
   * as it is named. Cheap when nothing changes; nothing at all in other modes.
   *
   * <p>What was on its way, such as a handshake that has begun, can still reach a slot that was
   * named before.
   *
   * @throws IllegalArgumentException when there is no listener of this name
   */
  public void steer(String listener, Set<Integer> slots) throws SysException {
    listener(listener).steer(slots);
  }

  /**
   * How much waits in the socket that serves a slot: the connections in its queue, without
   * handshakes that have begun ({@code tcpi_unacked}, {@code tcp(7)}), or the memory of its
   * datagrams with the kernel's overhead; for UNIX-domain sockets 0 or 1. 0 when the slot has no
   * socket.
   *
   * @throws IllegalArgumentException when there is no listener of this name
   */
  public int queued(String listener, int slot) throws SysException {
    return listener(listener).queued(slot);
  }

  /**
   * Ends the socket of a slot, also for workers that still have it: what is queued in it is lost,
   * so it should be steered away from, and empty. Does nothing when the slot has none of its own,
   * and when it is the listener's last, which stays.
   *
   * @throws IllegalArgumentException when there is no listener of this name
   */
  public void release(String listener, int slot) throws SysException {
    listener(listener).release(slot);
  }

  /**
   * The slots that have a socket of their own; none when the mode is not {@code reuseport}, where
   * slot 0 has one from the start.
   *
   * @throws IllegalArgumentException when there is no listener of this name
   */
  public Set<Integer> slots(String listener) {
    return listener(listener).slots();
  }

  private ListenerSockets listener(String name) {
    ListenerSockets listener = listeners.get(name);
    if (listener == null) {
      throw unknown(name);
    }
    return listener;
  }

  private IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("the store holds no " + name + ", but " + names());
  }

  /** The names of all listeners, then of all files, in the order of the configuration. */
  public List<String> names() {
    List<String> names = new ArrayList<>(listeners.keySet());
    names.addAll(files.keySet());
    return names;
  }

  /** All listeners as they are now, in the order of the configuration. */
  public List<HeldListener> listeners() {
    return listeners.values().stream().map(ListenerSockets::held).toList();
  }

  /**
   * What the next supervisor needs to know the sockets again.
   *
   * @return in the order of the configuration
   */
  public List<ListenerRecord> records() {
    return listeners.values().stream().map(ListenerSockets::record).toList();
  }

  /**
   * What a service manager may keep for the next supervisor: by the names that {@link
   * PassedSockets#takeKept} knows again, without what it has bound itself. The descriptors stay the
   * store's, and are good until it changes.
   */
  public Map<String, OwnedFd> toBeKept() {
    Map<String, OwnedFd> all = new LinkedHashMap<>();
    listeners.forEach(
        (name, sockets) -> {
          Long passed = passedCookies.get(name);
          if (passed == null || passed != sockets.main().cookie()) {
            all.putAll(sockets.toBeKept());
          }
        });
    files.forEach((name, file) -> all.put(KeptName.ofFile(name), file.fd()));
    return all;
  }

  /** Everything, for another program in this process; what a manager has bound by the listener. */
  public Map<String, OwnedFd> carried() {
    Map<String, OwnedFd> all = new LinkedHashMap<>(toBeKept());
    listeners.forEach(
        (name, sockets) -> {
          Long passed = passedCookies.get(name);
          if (passed != null && passed == sockets.main().cookie()) {
            all.put(name, sockets.main().fd());
          }
        });
    return all;
  }

  /** All held files, in the order of the configuration. */
  public List<HeldFile> files() {
    return files.values().stream().map(OpenFile::held).toList();
  }

  /**
   * What {@link #lend(String, int)} lends leads to.
   *
   * @return empty when there is none of this name, or it cannot be told
   */
  public Optional<Inode> inode(String name, int slot) {
    ListenerSockets listener = listeners.get(name);
    try {
      return listener != null
          ? Optional.of(listener.of(slot).inode())
          : Optional.ofNullable(files.get(name)).map(OpenFile::inode);
    } catch (SysException e) {
      return Optional.empty();
    }
  }

  /**
   * Every descriptor that it holds, listeners first.
   *
   * @throws SysException when a socket cannot be asked
   */
  public List<Holding> holdings() throws SysException {
    List<Holding> holdings = new ArrayList<>();
    for (ListenerSockets listener : listeners.values()) {
      holdings.addAll(listener.holdings());
    }
    files.forEach(
        (name, file) -> holdings.add(new Holding(Kind.FILE, name, "", file.inode(), file.since())));
    return holdings;
  }

  /** What is known of the held files, by which {@link Acquired} tells which of them changed. */
  public Acquired.Held marks() {
    Map<String, FileConfig> configs = new LinkedHashMap<>();
    Map<String, FileMark> marks = new LinkedHashMap<>();
    files.forEach(
        (name, file) -> {
          configs.put(name, file.config());
          marks.put(name, file.mark());
        });
    return new Acquired.Held(configs, marks);
  }

  /**
   * Takes over what was opened and bound. What it takes the place of is closed here, if it is a
   * file; copies that were lent are not affected.
   *
   * @return the listeners that were bound elsewhere before; the caller ends them
   */
  public List<EndedListener> adopt(Acquired acquired) {
    acquired
        .takeFiles()
        .forEach(
            (name, file) -> {
              OpenFile before = files.put(name, file);
              if (before != null) {
                before.close();
              }
            });
    List<EndedListener> ended = new ArrayList<>();
    acquired
        .takeListeners()
        .forEach(
            (name, listener) -> {
              ListenerSockets before = listeners.put(name, listener);
              if (before != null) {
                ended.add(new EndedListener(before));
              }
            });
    return ended;
  }

  /**
   * Gives a listener up; the caller ends it.
   *
   * @throws IllegalArgumentException when there is none of this name
   */
  public EndedListener giveUp(String listener) {
    ListenerSockets sockets = listener(listener);
    listeners.remove(listener);
    return new EndedListener(sockets);
  }

  /**
   * Has a listener be as configured, with the socket that it has: its queue, its mode, and the
   * options of TCP that can change.
   *
   * @throws IllegalArgumentException when there is none of this name
   */
  public void change(ListenerConfig listener) throws SysException {
    listener(listener.name()).configure(listener);
  }

  /** Closes a held file; unknown ones are ignored. */
  public void close(String file) {
    OpenFile held = files.remove(file);
    if (held != null) {
      held.close();
    }
  }

  /**
   * Checks every listener and repairs what a holder of a copy has changed: a few system calls each,
   * none of which blocks. What cannot be repaired is told once and tried again at the next call.
   *
   * @return what was found, in order; empty when all is well
   */
  public List<GuardFinding> guard() {
    List<GuardFinding> findings = new ArrayList<>();
    listeners.values().forEach(listener -> findings.addAll(guard.check(listener)));
    return findings;
  }

  /**
   * The end of all: closes everything, and unlinks the socket files that are still ours. Further
   * calls do nothing.
   */
  @Override
  public void close() {
    listeners.values().forEach(ListenerSockets::close);
    files.values().forEach(OpenFile::close);
    listeners.clear();
    files.clear();
  }
}
