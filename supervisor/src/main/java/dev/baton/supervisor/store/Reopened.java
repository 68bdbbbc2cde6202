package dev.baton.supervisor.store;

import dev.baton.supervisor.config.FileConfig;
import dev.baton.sys.Posix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files that were opened beside those that a store holds, and that differ from them. Owns them
 * until {@link FdStore#adopt} takes them over. Used by one thread at a time.
 */
public final class Reopened implements AutoCloseable {
  private final Map<String, OpenFile> files = new LinkedHashMap<>();

  private Reopened() {}

  /**
   * What a store holds, to be compared with, by any thread.
   *
   * @param marks by name
   * @param configs by name
   */
  public record Held(Map<String, FileConfig> configs, Map<String, FileMark> marks) {
    /** Copies both. */
    public Held {
      configs = Map.copyOf(configs);
      marks = Map.copyOf(marks);
    }
  }

  /**
   * Opens every file that is wanted, and keeps those that are new, or other than what is held. Any
   * thread; may block.
   *
   * @throws StoreException with all problems, one line each; then none is kept
   */
  public static Reopened open(Posix posix, Held held, Collection<FileConfig> wanted)
      throws StoreException {
    Reopened opened = new Reopened();
    List<String> problems = new ArrayList<>();
    try {
      for (FileConfig file : wanted) {
        try {
          opened.add(OpenFile.open(posix, file), held);
        } catch (UnavailableException e) {
          problems.add("file " + file.name() + ": " + file.path() + ": " + e.getMessage());
        }
      }
      if (!problems.isEmpty()) {
        throw new StoreException(problems);
      }
    } catch (StoreException | RuntimeException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private void add(OpenFile file, Held held) {
    FileConfig before = held.configs().get(file.config().name());
    if (before != null
        && before.access() == file.config().access()
        && before.path().equals(file.config().path())
        && file.mark().equals(held.marks().get(before.name()))) {
      file.close();
    } else {
      files.put(file.config().name(), file);
    }
  }

  /** Their names. */
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  /** Moves them out. */
  Map<String, OpenFile> take() {
    Map<String, OpenFile> taken = new LinkedHashMap<>(files);
    files.clear();
    return taken;
  }

  @Override
  public void close() {
    files.values().forEach(OpenFile::close);
    files.clear();
  }
}
