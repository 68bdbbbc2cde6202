package dev.baton.supervisor.store;

import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was opened and bound beside that which a store holds: files that differ from its own, and
 * listeners. Owns all of it until {@link FdStore#adopt} takes it over. Used by one thread at a
 * time.
 */
public final class Acquired implements AutoCloseable {
  private final Map<String, OpenFile> files = new LinkedHashMap<>();
  private final Map<String, ListenerSockets> listeners = new LinkedHashMap<>();

  private Acquired() {}

  /**
   * The files that a store holds, to be compared with, by any thread.
   *
   * @param configs by name
   * @param marks by name
   */
  public record Held(Map<String, FileConfig> configs, Map<String, FileMark> marks) {
    /** Copies both. */
    public Held {
      configs = Map.copyOf(configs);
      marks = Map.copyOf(marks);
    }

    private boolean has(FileConfig file, FileMark mark) {
      FileConfig before = configs.get(file.name());
      return before != null
          && before.access() == file.access()
          && before.path().equals(file.path())
          && mark.equals(marks.get(file.name()));
    }

    /**
     * Those of some files that are held, and are another file or have another content by now; opens
     * none of them. Any thread; may block.
     */
    public List<String> changed(Posix posix, Collection<FileConfig> files) {
      List<String> changed = new ArrayList<>();
      for (FileConfig file : files) {
        boolean same;
        try {
          same = has(file, FileMark.of(posix, file));
        } catch (SysException e) {
          same = false; // a reload makes it, or says why it cannot be opened
        }
        if (!same && configs.containsKey(file.name())) {
          changed.add(file.name());
        }
      }
      return changed;
    }
  }

  /**
   * Opens every file that is wanted, and keeps those that are new, or other than what is held; and
   * binds listeners. Any thread; may block.
   *
   * @throws StoreException with all problems, one line each; then nothing is kept
   */
  public static Acquired open(
      Posix posix, Held held, Collection<FileConfig> files, Collection<ListenerConfig> listeners)
      throws StoreException {
    Acquired acquired = new Acquired();
    List<String> problems = new ArrayList<>();
    try {
      for (ListenerConfig listener : listeners) {
        try {
          acquired.listeners.put(
              listener.name(), ListenerSockets.bind(posix, listener, InetAddress::getByName));
        } catch (UnavailableException e) {
          problems.add(
              "listener "
                  + listener.name()
                  + ": "
                  + listener.address().uri()
                  + ": "
                  + e.getMessage());
        }
      }
      for (FileConfig file : files) {
        try {
          acquired.add(OpenFile.open(posix, file), held);
        } catch (UnavailableException e) {
          problems.add("file " + file.name() + ": " + file.path() + ": " + e.getMessage());
        }
      }
      if (!problems.isEmpty()) {
        throw new StoreException(problems);
      }
    } catch (StoreException | RuntimeException e) {
      acquired.close();
      throw e;
    }
    return acquired;
  }

  private void add(OpenFile file, Held held) {
    if (held.has(file.config(), file.mark())) {
      file.close();
    } else {
      files.put(file.config().name(), file);
    }
  }

  /** The names of the files. */
  public List<String> files() {
    return List.copyOf(files.keySet());
  }

  /** Moves the files out. */
  Map<String, OpenFile> takeFiles() {
    return taken(files);
  }

  /** Moves the listeners out. */
  Map<String, ListenerSockets> takeListeners() {
    return taken(listeners);
  }

  private static <T> Map<String, T> taken(Map<String, T> from) {
    Map<String, T> taken = new LinkedHashMap<>(from);
    from.clear();
    return taken;
  }

  @Override
  public void close() {
    files.values().forEach(OpenFile::close);
    files.clear();
    listeners.values().forEach(ListenerSockets::close);
    listeners.clear();
  }
}
