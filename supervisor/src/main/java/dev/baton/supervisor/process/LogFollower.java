package dev.baton.supervisor.process;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import dev.baton.supervisor.core.WorkerId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints what workers write to their log files, each line after its worker: {@code hello/0#3 | …}.
 * Woken by {@code inotify(7)}, on a daemon thread of its own: an output that blocks, such as a
 * paused terminal, delays nobody else. A worker that writes faster than is printed loses lines here
 * (never in its file), and is told so.
 */
public final class LogFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
  private static final Duration END = Duration.ofSeconds(2);

  private final Path folder;
  private final Consumer<String> out;
  private final Function<WorkerId, Optional<UnaryOperator<String>>> forms;
  private final WatchService watch;
  private final Thread thread;
  private final Map<Path, FollowedLog> logs = new HashMap<>();
  private final Deque<Path> behind = new ArrayDeque<>();
  private final ByteBuffer chunk = ByteBuffer.allocate(FollowedLog.CHUNK);

  private volatile boolean closing;
  private volatile boolean leaving;

  private LogFollower(
      Path folder,
      Consumer<String> out,
      Function<WorkerId, Optional<UnaryOperator<String>>> forms,
      WatchService watch) {
    this.folder = folder;
    this.out = out;
    this.forms = forms;
    this.watch = watch;
    this.thread = new Thread(this::run, "log-follower");
    thread.setDaemon(true);
  }

  /**
   * Follows all that is written to the folder from now on; what is there already is not printed.
   *
   * @param out stays open at the end
   */
  public static LogFollower start(Path folder, PrintStream out) throws IOException {
    return start(folder, out::println, id -> Optional.of(line -> id + " | " + line), Files::size);
  }

  /** Where to begin with a file that is there already. */
  @FunctionalInterface
  public interface Begin {
    /** In bytes. */
    long at(Path file) throws IOException;
  }

  /**
   * Follows the files of some workers.
   *
   * @param out told line by line
   * @param forms what becomes of a worker's line; empty: it is not followed
   */
  public static LogFollower start(
      Path folder,
      Consumer<String> out,
      Function<WorkerId, Optional<UnaryOperator<String>>> forms,
      Begin begin)
      throws IOException {
    WatchService watch = folder.getFileSystem().newWatchService();
    LogFollower follower = new LogFollower(folder, out, forms, watch);
    try {
      folder.register(watch, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
      for (Path file : follower.files()) {
        follower.add(file, begin.at(file));
      }
    } catch (IOException e) {
      watch.close();
      throw e;
    }
    follower.thread.start();
    return follower;
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        if (WorkerLogs.worker(file).isPresent()) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        WatchKey key = behind.isEmpty() ? watch.take() : watch.poll();
        if (key != null) {
          take(key);
        }
        advanceOne();
      }
    } catch (ClosedWatchServiceException | InterruptedException e) {
      if (!leaving) {
        printTheRest();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the workers' output is not shown any more, only written to {}", folder, e);
    }
  }

  private void take(WatchKey key) throws IOException {
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind() == OVERFLOW) {
        files().forEach(this::changed);
      } else {
        Path file = folder.resolve((Path) event.context());
        if (event.kind() == ENTRY_DELETE && logs.containsKey(file) && !logs.get(file).rotated()) {
          logs.remove(file).flush(); // the next of that name may even have its inode
        } else {
          changed(ofRun(file));
        }
      }
    }
    if (!key.reset() && !closing) { // a key of a closed service is invalid, too
      throw new IOException("the folder is gone");
    }
  }

  /** What was moved aside still has the name of its run at the beginning. */
  private static Path ofRun(Path file) {
    String name = file.getFileName().toString();
    int end = name.lastIndexOf(".log");
    return end < 0 ? file : file.resolveSibling(name.substring(0, end + ".log".length()));
  }

  private void changed(Path file) {
    if (logs.containsKey(file) || Files.exists(file) && add(file, 0)) {
      if (!behind.contains(file)) {
        behind.add(file);
      }
    }
  }

  private boolean add(Path file, long position) {
    Optional<UnaryOperator<String>> form = WorkerLogs.worker(file).flatMap(forms);
    form.ifPresent(
        f -> logs.computeIfAbsent(file, name -> new FollowedLog(name, f, position, out)));
    return form.isPresent();
  }

  /** Waits for the end, which comes with {@link #close} or a folder that is gone. */
  public void join() throws InterruptedException {
    thread.join();
  }

  /** One chunk of one worker, then it is the next one's turn. */
  private void advanceOne() throws IOException {
    Path file = behind.poll();
    FollowedLog log = file == null ? null : logs.get(file);
    try {
      if (log != null && log.advance(chunk)) {
        behind.add(file);
      }
    } catch (NoSuchFileException e) {
      logs.remove(file).flush();
    }
  }

  /** What was written until now, and lines without an end; bounded, as each log's backlog is. */
  private void printTheRest() {
    try {
      files().forEach(this::changed);
      int turns = behind.size() * (FollowedLog.FAR_BEHIND / FollowedLog.CHUNK + 1);
      while (!behind.isEmpty() && turns-- > 0) {
        advanceOne();
      }
      logs.values().forEach(FollowedLog::flush);
    } catch (IOException | RuntimeException e) {
      LOG.warn("the end of the workers' output is not shown, only written to {}", folder, e);
    }
  }

  /**
   * Ends without printing more, for another one to go on; gives up on an output that blocks after
   * two seconds.
   *
   * @return how far each file is printed, in bytes to the end of a line, by its name
   */
  public Map<String, Long> leave() throws IOException {
    leaving = true;
    close();
    Map<String, Long> reached = new HashMap<>();
    logs.forEach((file, log) -> reached.put(file.getFileName().toString(), log.reached()));
    return reached;
  }

  /**
   * Prints what is left and ends; gives up on an output that blocks after two seconds. Further
   * calls do nothing.
   */
  @Override
  public void close() throws IOException {
    closing = true;
    watch.close();
    try {
      thread.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
