package dev.baton.supervisor.process;

import dev.baton.supervisor.core.WorkerId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the logs in a folder for an operator, whether a supervisor runs or not. One thread. */
public final class LogReader {
  private static final int MOST_BYTES = 16 << 20;
  private static final int FIRST_BYTES = 64 << 10;

  private final Path folder;
  private final Map<Path, Long> read = new HashMap<>();

  /** Of an existing folder. */
  public LogReader(Path folder) {
    this.folder = folder;
  }

  /**
   * Which workers are meant; what is null is not asked for.
   *
   * @param pool of this name
   * @param slot of this number
   * @param run this one, and otherwise the newest of each slot
   */
  public record Choice(String pool, Integer slot, Integer run) {
    /** Whether a worker is meant, if it is the newest of its slot. */
    public boolean has(WorkerId id) {
      return (pool == null || pool.equals(id.pool()))
          && (slot == null || slot == id.slot())
          && (run == null || run == id.run());
    }
  }

  /** The workers that are meant, of each slot the newest, by pool and slot. */
  public List<WorkerId> newest(Choice choice) throws IOException {
    Map<String, WorkerId> newest = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        WorkerLogs.worker(file)
            .filter(choice::has)
            .ifPresent(
                id ->
                    newest.merge(
                        RunName.ofSlot(id.pool(), id.slot()),
                        id,
                        (a, b) -> a.run() > b.run() ? a : b));
      }
    }
    List<WorkerId> all = new ArrayList<>(newest.values());
    all.sort(Comparator.comparing(WorkerId::pool).thenComparingInt(WorkerId::slot));
    return all;
  }

  /**
   * The last whole lines of a worker, oldest first, from at most 16 MiB; control characters are
   * made visible.
   */
  public List<String> last(WorkerId id, int lines) throws IOException {
    Path file = folder.resolve(RunName.of(id) + ".log");
    long size = Files.size(file);
    List<String> found = List.of();
    long end = size;
    for (long most = FIRST_BYTES; ; most *= 4) {
      byte[] bytes = WorkerLogs.read(file, Math.max(0, size - most), (int) Math.min(most, size));
      boolean cut = size > most;
      int length = bytes.length;
      while (length > 0 && bytes[length - 1] != '\n') {
        length--; // the rest of that line is still to come
      }
      end = Math.max(0, size - most) + length;
      found = lines(bytes, length, cut);
      if (found.size() >= lines || !cut || most >= MOST_BYTES) {
        break;
      }
    }
    read.put(file, end);
    return List.copyOf(found.subList(Math.max(0, found.size() - lines), found.size()));
  }

  private static List<String> lines(byte[] bytes, int length, boolean cut) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        lines.add(SafeText.line(bytes, start, i));
        start = i + 1;
      }
    }
    if (cut && !lines.isEmpty()) {
      lines.remove(0);
    }
    return lines;
  }

  /** How far a file was read by this; 0 when it was not, and then it is of no interest or new. */
  public long readUpTo(Path file) throws IOException {
    Long end = read.get(file);
    return end != null ? end : Files.size(file);
  }
}
