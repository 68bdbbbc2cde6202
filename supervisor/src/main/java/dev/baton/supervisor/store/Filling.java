package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.sys.Posix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a store comes by what it holds: from a service manager, from an earlier supervisor, or by
 * itself. Used once, by one thread.
 */
final class Filling {
  private final Posix posix;
  private final PassedSockets passed;
  private final Recovered recovered;
  private final HostLookup lookup;
  private final Map<String, ListenerSockets> listeners;
  private final Map<String, OpenFile> files;
  private final Map<String, Recovered.Group> groups = new HashMap<>();
  private final Map<String, OwnedFd> open = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param listeners to be filled
   * @param files to be filled
   */
  Filling(
      Posix posix,
      PassedSockets passed,
      Recovered recovered,
      HostLookup lookup,
      Map<String, ListenerSockets> listeners,
      Map<String, OpenFile> files) {
    this.posix = posix;
    this.passed = passed;
    this.recovered = recovered;
    this.lookup = lookup;
    this.listeners = listeners;
    this.files = files;
  }

  /**
   * Fills both.
   *
   * @param passedCookies gets those of the sockets that a service manager has bound, by listener
   * @return all problems, one line each
   */
  List<String> fill(
      Collection<ListenerConfig> wantedListeners,
      Collection<FileConfig> wantedFiles,
      Map<String, Long> passedCookies) {
    int count = wantedListeners.size() + wantedFiles.size();
    if (count > FdStore.MAX) {
      return List.of(count + " listeners and files; a store holds at most " + FdStore.MAX);
    }
    try {
      for (ListenerConfig wanted : wantedListeners) {
        recovered.take(wanted, lookup).ifPresent(back -> groups.put(wanted.name(), back));
      }
      for (FileConfig wanted : wantedFiles) {
        recovered.take(wanted).ifPresent(back -> open.put(wanted.name(), back));
      }
      recovered.close(); // before anything is bound in its place
      wantedListeners.forEach(wanted -> add(wanted, passedCookies));
      problems.addAll(passed.leftOver());
      wantedFiles.forEach(this::add);
      return problems;
    } finally {
      groups.values().forEach(Recovered.Group::close);
      open.values().forEach(OwnedFd::close);
    }
  }

  private void add(ListenerConfig wanted, Map<String, Long> passedCookies) {
    String name = wanted.name();
    try {
      checkNew(name);
      listeners.put(name, sockets(wanted, passedCookies));
    } catch (UnavailableException e) {
      problems.add("listener " + name + ": " + wanted.address().uri() + ": " + e.getMessage());
    }
  }

  private void add(FileConfig wanted) {
    String name = wanted.name();
    try {
      checkNew(name);
      OwnedFd same = open.remove(name);
      files.put(
          name, same != null ? OpenFile.of(posix, wanted, same) : OpenFile.open(posix, wanted));
    } catch (UnavailableException e) {
      problems.add("file " + name + ": " + wanted.path() + ": " + e.getMessage());
    }
  }

  /** What a service manager has bound comes first, since its name is the manager's to remove. */
  private ListenerSockets sockets(ListenerConfig wanted, Map<String, Long> passedCookies)
      throws UnavailableException {
    Optional<OwnedFd> socket = passed.take(wanted, lookup);
    if (socket.isPresent()) { // what came back besides is the very same one, and is closed
      ListenerSockets made = ListenerSockets.of(posix, wanted, socket.get());
      passedCookies.put(wanted.name(), made.main().cookie());
      return made;
    }
    Recovered.Group back = groups.remove(wanted.name());
    return back != null
        ? ListenerSockets.recover(posix, wanted, back)
        : ListenerSockets.bind(posix, wanted, lookup);
  }

  private void checkNew(String name) throws UnavailableException {
    if (listeners.containsKey(name) || files.containsKey(name)) {
      throw new UnavailableException("the name is taken by another listener or file");
    }
  }
}
