package dev.baton.supervisor.state;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a supervisor in a folder of its runtime directory, a file each: with one file for
 * all, a thousand starts would write it a thousand times. A file is written beside its place and
 * then renamed, so that a reader sees the old or the new one. Nothing is flushed to the disk: what
 * ends a supervisor but not its workers leaves the kernel's memory as it is.
 *
 * <p>Short blocking file I/O; for one thread. Files that cannot be read, or are of another format,
 * are passed over with a warning.
 */
public final class StateFolder {
  private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);

  /** What the folder is called in the runtime directory. */
  public static final String NAME = "state";

  private static final int FORMAT = 1;
  private static final String SUFFIX = ".json";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path workers;
  private final Path pools;
  private final Path listeners;
  private final Map<Path, Object> written = new HashMap<>();

  private StateFolder(Path folder) {
    this.workers = folder.resolve("workers");
    this.pools = folder.resolve("pools");
    this.listeners = folder.resolve("listeners");
  }

  /** To be read: the folder may be missing, and then there are no records. */
  public static StateFolder at(Path folder) {
    return new StateFolder(folder);
  }

  /** Makes the folder, open to its owner alone, where it is missing. */
  public static StateFolder open(Path folder) throws IOException {
    StateFolder state = at(folder);
    for (Path part : List.of(folder, state.workers, state.pools, state.listeners)) {
      if (!Files.isDirectory(part)) {
        Files.createDirectory(
            part,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    }
    return state;
  }

  /** All workers that were welcomed and whose end was not seen. */
  public List<WorkerRecord> workers() throws IOException {
    return read(workers, WorkerRecord.class);
  }

  /** All pools. */
  public List<PoolRecord> pools() throws IOException {
    return read(pools, PoolRecord.class);
  }

  /** All listeners. */
  public List<ListenerRecord> listeners() throws IOException {
    return read(listeners, ListenerRecord.class);
  }

  /** Writes a worker down; it takes the place of one of the same id. */
  public void put(WorkerRecord worker) throws IOException {
    write(worker(worker.worker()), worker);
  }

  /** A worker's end was seen, or it goes by another id. */
  public void removeWorker(String worker) throws IOException {
    remove(worker(worker));
  }

  /** Writes a pool down, unless that was done. */
  public void put(PoolRecord pool) throws IOException {
    write(pools.resolve(pool.pool() + SUFFIX), pool);
  }

  /** There is no such pool any more. */
  public void removePool(String pool) throws IOException {
    remove(pools.resolve(pool + SUFFIX));
  }

  /** Writes listeners down, unless that was done, and forgets all others. */
  public void keepListeners(List<ListenerRecord> all) throws IOException {
    List<Path> kept = new ArrayList<>();
    for (ListenerRecord listener : all) {
      Path file = listeners.resolve(listener.listener() + SUFFIX);
      kept.add(file);
      write(file, listener);
    }
    for (Path file : files(listeners)) {
      if (!kept.contains(file)) {
        remove(file);
      }
    }
  }

  /** After an orderly end: there is nothing to go on with. */
  public void clear() throws IOException {
    for (Path part : List.of(workers, pools, listeners)) {
      for (Path file : files(part)) {
        remove(file);
      }
    }
  }

  /** {@code hello/0#3} is {@code hello-0.3.json}; names of pools have neither a slash nor a dot. */
  private Path worker(String id) {
    return workers.resolve(id.replace('/', '-').replace('#', '.') + SUFFIX);
  }

  private void write(Path file, Object content) throws IOException {
    if (content.equals(written.get(file))) {
      return;
    }
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    json.setAll((ObjectNode) JSON.valueToTree(content));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, JSON.writeValueAsBytes(json));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    written.put(file, content);
  }

  private void remove(Path file) throws IOException {
    written.remove(file);
    Files.deleteIfExists(file);
  }

  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      all.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return files;
  }

  private static <T> List<T> read(Path folder, Class<T> type) throws IOException {
    List<T> all = new ArrayList<>();
    for (Path file : files(folder)) {
      readOne(file, type).ifPresent(all::add);
    }
    return all;
  }

  /** What the others pass over, one line each: another program may be asked whether it could. */
  public List<String> unreadable() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path file : files(workers)) {
      parse(file, WorkerRecord.class, problems);
    }
    for (Path file : files(pools)) {
      parse(file, PoolRecord.class, problems);
    }
    for (Path file : files(listeners)) {
      parse(file, ListenerRecord.class, problems);
    }
    return problems;
  }

  private static <T> Optional<T> readOne(Path file, Class<T> type) throws IOException {
    List<String> problems = new ArrayList<>();
    Optional<T> read = parse(file, type, problems);
    problems.forEach(LOG::warn);
    return read;
  }

  private static <T> Optional<T> parse(Path file, Class<T> type, List<String> problems)
      throws IOException {
    try {
      ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
      if (json.path("format").asInt() == FORMAT) {
        return Optional.of(JSON.treeToValue(json, type));
      }
      problems.add(
          file + ": found format " + json.path("format") + ", this supervisor reads " + FORMAT);
    } catch (JacksonException e) {
      problems.add(unread(file, e.getOriginalMessage()));
    } catch (ClassCastException e) {
      problems.add(unread(file, "it is no JSON object"));
    } catch (NoSuchFileException e) {
      // removed just now
    }
    return Optional.empty();
  }

  private static String unread(Path file, String why) {
    return file + " cannot be read, and what it tells is passed over: " + why;
  }
}
