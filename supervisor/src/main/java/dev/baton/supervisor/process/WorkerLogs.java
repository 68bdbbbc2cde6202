package dev.baton.supervisor.process;

import static dev.baton.sys.Constants.O_APPEND;
import static dev.baton.sys.Constants.O_CREAT;
import static dev.baton.sys.Constants.O_WRONLY;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the workers' output: {@code hello-0.3.log} for the worker {@code hello/0#3}, and a
 * link {@code hello-0.log} to the newest of the slot. The supervisor opens a file and puts it on
 * descriptors 1 and 2 of the worker, so that writing goes on when the supervisor is gone.
 *
 * <p>Blocking file I/O, little of it. Thread-safe.
 */
public final class WorkerLogs {
  /** The most that {@link #tail} reads, in bytes. */
  public static final int TAIL_MAX = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(WorkerLogs.class);
  private static final String SUFFIX = ".log";
  private static final int PERMISSIONS = 0640;

  private final Posix posix;
  private final Path folder;
  private final int keepPerSlot;
  private final InstantSource clock;
  private final Map<WorkerId, Instant> opened = new HashMap<>();

  /** By slot, the runs that have a file; null until it was looked once. */
  private Map<String, TreeSet<Integer>> known;

  /**
   * Logs in an existing folder.
   *
   * @param keepPerSlot files of earlier runs that stay; at least one does, since during a rollout
   *     its worker may still write to it
   */
  public WorkerLogs(Posix posix, Path folder, int keepPerSlot) {
    this(posix, folder, keepPerSlot, InstantSource.system());
  }

  /** The same with the clock that the age of a file is measured by. */
  WorkerLogs(Posix posix, Path folder, int keepPerSlot, InstantSource clock) {
    this.clock = clock;
    this.posix = posix;
    this.folder = folder;
    this.keepPerSlot = Math.max(1, keepPerSlot);
  }

  /** Where a worker's output goes. */
  public Path file(WorkerId id) {
    return folder.resolve(RunName.of(id) + SUFFIX);
  }

  /** The link to the newest file of a slot. */
  public Path link(String pool, int slot) {
    return folder.resolve(RunName.ofSlot(pool, slot) + SUFFIX);
  }

  /** Whose output a file of the folder has; empty for a link or a stranger. */
  static Optional<WorkerId> worker(Path file) {
    return RunName.parse(file.getFileName().toString(), SUFFIX);
  }

  /**
   * Opens the file of a new run for appending, points the link of the slot at it and deletes the
   * oldest files of the slot. A link or a deletion that fails is logged and nothing more.
   *
   * @return the descriptor, the caller's to close
   */
  public synchronized OwnedFd open(WorkerId id) throws SysException {
    Path file = file(id);
    int number = posix.open(file.toString(), O_WRONLY | O_CREAT | O_APPEND, PERMISSIONS);
    OwnedFd fd = OwnedFd.of(posix, number, "log:" + id);
    opened.put(id, clock.instant());
    try {
      relink(id, file);
      deleteOldest(id);
    } catch (IOException e) {
      LOG.warn(
          "{}: its log is written, but the files around it are not in order: {}",
          id,
          e.getMessage());
    }
    return fd;
  }

  private void relink(WorkerId id, Path file) throws IOException {
    Path temporary = folder.resolve('.' + RunName.ofSlot(id.pool(), id.slot()) + ".new");
    Files.deleteIfExists(temporary);
    Files.createSymbolicLink(temporary, file.getFileName());
    Files.move(temporary, link(id.pool(), id.slot()), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A worker has another id from now on; it goes on writing to the same file. */
  public synchronized void rename(WorkerId before, WorkerId after) throws IOException {
    Files.move(file(before), file(after), StandardCopyOption.ATOMIC_MOVE);
    Instant since = opened.remove(before);
    if (since != null) {
      opened.put(after, since);
    }
    Files.deleteIfExists(link(before.pool(), before.slot()));
    known(before).remove(before.run());
    relink(after, file(after));
    deleteOldest(after);
  }

  /**
   * Opens a worker's file anew, by its name: after somebody has moved the file away it is another
   * one.
   *
   * @return the descriptor, the caller's to close
   */
  public synchronized OwnedFd reopen(WorkerId id) throws SysException {
    int number = posix.open(file(id).toString(), O_WRONLY | O_CREAT | O_APPEND, PERMISSIONS);
    opened.put(id, clock.instant());
    return OwnedFd.of(posix, number, "log:" + id);
  }

  /**
   * Whether a worker's file is to be put aside.
   *
   * @param most bytes, or 0 for no bound
   * @param oldest since it was opened, or zero for no bound; an empty file is left alone
   */
  public synchronized boolean due(WorkerId id, long most, Duration oldest) throws IOException {
    long size = size(id);
    Instant since = opened.computeIfAbsent(id, i -> clock.instant());
    boolean old =
        !oldest.isZero() && Duration.between(since, clock.instant()).compareTo(oldest) >= 0;
    return most > 0 && size >= most || old && size > 0;
  }

  /**
   * Puts a worker's file aside, as {@code .1}, those before it as {@code .2} and so on, and opens a
   * new one, which the worker is to be given. The new file is there before the old one moves: on a
   * full disk nothing has happened.
   *
   * @param kept how many files that were put aside stay, at least 1
   * @return the descriptor of the new file, the caller's to close
   */
  public synchronized OwnedFd rotate(WorkerId id, int kept) throws IOException {
    Path file = file(id);
    Path fresh = folder.resolve('.' + RunName.of(id) + ".new");
    Files.deleteIfExists(fresh);
    OwnedFd fd =
        OwnedFd.of(
            posix,
            posix.open(fresh.toString(), O_WRONLY | O_CREAT | O_APPEND, PERMISSIONS),
            "log:" + id);
    try {
      for (int i = kept - 1; i >= 0; i--) {
        Path from = i == 0 ? file : aside(file, i);
        if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
          Files.move(from, aside(file, i + 1), StandardCopyOption.ATOMIC_MOVE);
        }
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      opened.put(id, clock.instant());
      return fd;
    } catch (IOException | RuntimeException e) {
      fd.close();
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  private static Path aside(Path file, int i) {
    return file.resolveSibling(file.getFileName() + "." + i);
  }

  /** The worker writes no more. */
  public synchronized void ended(WorkerId id) {
    opened.remove(id);
  }

  private void deleteOldest(WorkerId newest) throws IOException {
    TreeSet<Integer> runs = known(newest);
    runs.add(newest.run());
    SortedSet<Integer> earlier = runs.headSet(newest.run());
    while (earlier.size() > keepPerSlot) {
      for (Path file : files(new WorkerId(newest.pool(), newest.slot(), earlier.first()))) {
        Files.deleteIfExists(file);
      }
      earlier.remove(earlier.first());
    }
  }

  /** Those of a worker's slot. The folder is looked through once: it has files of every worker. */
  private TreeSet<Integer> known(WorkerId of) throws IOException {
    if (known == null) {
      Map<String, TreeSet<Integer>> found = new HashMap<>();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          worker(file).ifPresent(id -> of(found, id).add(id.run()));
        }
      }
      known = found;
    }
    return of(known, of);
  }

  private static TreeSet<Integer> of(Map<String, TreeSet<Integer>> runs, WorkerId id) {
    return runs.computeIfAbsent(
        RunName.ofSlot(id.pool(), id.slot()), slot -> new TreeSet<Integer>());
  }

  private List<WorkerId> runs(String pool, int slot) throws IOException {
    Set<WorkerId> runs = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        ownerOf(file)
            .filter(id -> id.pool().equals(pool) && id.slot() == slot)
            .ifPresent(runs::add);
      }
    }
    return new ArrayList<>(runs);
  }

  /** A worker's file and those of it that were put aside, by us or by logrotate. */
  List<Path> files(WorkerId id) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (ownerOf(file).filter(id::equals).isPresent()) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /** Of {@code hello-0.3.log}, but also of {@code hello-0.3.log.1} or {@code ….log-20260101.gz}. */
  private static Optional<WorkerId> ownerOf(Path file) {
    String name = file.getFileName().toString();
    int end = name.lastIndexOf(SUFFIX);
    return end < 0 ? Optional.empty() : RunName.parse(name.substring(0, end), "");
  }

  /**
   * The highest run of a slot that has a file here, from an earlier supervisor too; 0 for none. Run
   * numbers go on above it.
   */
  public synchronized int highestRun(String pool, int slot) throws IOException {
    return runs(pool, slot).stream().mapToInt(WorkerId::run).max().orElse(0);
  }

  /** The highest run of all slots of a pool that has a file here; 0 for none. */
  public synchronized int highestRun(String pool) throws IOException {
    int highest = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        highest =
            Math.max(
                highest,
                ownerOf(file).filter(w -> w.pool().equals(pool)).map(WorkerId::run).orElse(0));
      }
    }
    return highest;
  }

  /**
   * The last lines of a worker's output, for an operator's eyes: at most {@link #TAIL_MAX} bytes
   * are read, and control characters are made visible.
   *
   * @return oldest first; empty when there is no file
   */
  public List<String> tail(WorkerId id, int lines) throws IOException {
    long from = Math.max(0, size(id) - TAIL_MAX);
    boolean cut = from > 0;
    byte[] bytes = read(id, from, TAIL_MAX);
    List<String> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        all.add(SafeText.line(bytes, start, i));
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      all.add(SafeText.line(bytes, start, bytes.length));
    }
    int first = Math.max(cut && all.size() > 1 ? 1 : 0, all.size() - Math.max(0, lines));
    return List.copyOf(all.subList(first, all.size()));
  }

  /** How many bytes a worker has written so far; 0 when there is no file. */
  public long size(WorkerId id) throws IOException {
    try {
      return Files.size(file(id));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /**
   * What a worker has written from a place on.
   *
   * @return at most {@code most} bytes; none when there is no file
   */
  byte[] read(WorkerId id, long from, int most) throws IOException {
    return read(file(id), from, most);
  }

  static byte[] read(Path file, long from, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int there = (int) Math.max(0, Math.min(most, channel.size() - from));
      ByteBuffer bytes = ByteBuffer.allocate(there);
      while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
        // until all is read, or somebody has cut the file
      }
      return Arrays.copyOf(bytes.array(), bytes.position());
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }
}
