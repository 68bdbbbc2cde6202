package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  private final Map<String, BoundListener> listeners = new LinkedHashMap<>();
  private final Map<String, HeldFile> files = new LinkedHashMap<>();
  private final Map<String, OwnedFd> fileFds = new LinkedHashMap<>();
  private final ListenerGuard guard = new ListenerGuard();

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

  static FdStore open(
      Posix posix,
      HostLookup lookup,
      Collection<ListenerConfig> listeners,
      Collection<FileConfig> files)
      throws StoreException {
    FdStore store = new FdStore();
    try {
      List<String> problems = store.fill(posix, lookup, listeners, files);
      if (!problems.isEmpty()) {
        throw new StoreException(problems);
      }
      return store;
    } catch (StoreException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private List<String> fill(
      Posix posix,
      HostLookup lookup,
      Collection<ListenerConfig> wantedListeners,
      Collection<FileConfig> wantedFiles) {
    List<String> problems = new ArrayList<>();
    int count = wantedListeners.size() + wantedFiles.size();
    if (count > MAX) {
      problems.add(count + " listeners and files; a store holds at most " + MAX);
      return problems;
    }
    for (ListenerConfig wanted : wantedListeners) {
      String what = "listener " + wanted.name() + ": " + wanted.address().uri() + ": ";
      try {
        checkNew(wanted.name());
        listeners.put(
            wanted.name(),
            wanted.address() instanceof TcpAddress
                ? TcpListener.open(posix, wanted, lookup)
                : UnixListener.open(posix, wanted));
      } catch (UnavailableException e) {
        problems.add(what + e.getMessage());
      }
    }
    for (FileConfig wanted : wantedFiles) {
      String what = "file " + wanted.name() + ": " + wanted.path() + ": ";
      try {
        checkNew(wanted.name());
        fileFds.put(wanted.name(), FileOpener.open(posix, wanted));
        files.put(wanted.name(), new HeldFile(wanted.name(), wanted.path(), wanted.access()));
      } catch (UnavailableException e) {
        problems.add(what + e.getMessage());
      }
    }
    return problems;
  }

  private void checkNew(String name) throws UnavailableException {
    if (listeners.containsKey(name) || files.containsKey(name)) {
      throw new UnavailableException("the name is taken by another listener or file");
    }
  }

  /**
   * A duplicate of a listener or held file, to be sent to a worker; the caller closes it.
   *
   * @throws IllegalArgumentException when there is none of this name
   * @throws SysException when no descriptor is to be had
   */
  public OwnedFd lend(String name) throws SysException {
    BoundListener listener = listeners.get(name);
    OwnedFd own = listener != null ? listener.fd() : fileFds.get(name);
    if (own == null) {
      throw unknown(name);
    }
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
      return Descriptor.file(name, Words.of(files.get(name).access()));
    }
    throw unknown(name);
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
    return listeners.values().stream().map(BoundListener::held).toList();
  }

  /** All held files, in the order of the configuration. */
  public List<HeldFile> files() {
    return List.copyOf(files.values());
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
    listeners.values().forEach(BoundListener::close);
    fileFds.values().forEach(OwnedFd::close);
    listeners.clear();
    files.clear();
    fileFds.clear();
  }
}
