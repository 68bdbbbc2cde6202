package dev.baton.supervisor.process;

import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.store.FolderTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One folder per worker, {@code hello-0.3}, for what its JVM leaves when it goes wrong: heap dumps,
 * crash files, thread dumps. Bounded per slot in number and per pool in bytes; a heap dump can hold
 * secrets, so the folder is open to its owner alone: the worker's user, and ours when it has ended.
 *
 * <p>Blocking file I/O: deleting a heap dump takes a while. Thread-safe.
 */
public final class Evidence {
  /** The most bytes that the folders of one pool have together, but for the newest. */
  public static final long MAX_BYTES_PER_POOL = 1L << 30;

  private static final int MOST_NAMES = 10;
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final int keepPerSlot;
  private final long maxBytes;
  private final Set<WorkerId> live = new HashSet<>();

  /** The old name of a worker that was renamed. */
  private final Map<WorkerId, Path> oldNames = new HashMap<>();

  /** Ended workers that left something; null until it was looked once. */
  private Set<WorkerId> left;

  /**
   * Evidence in an existing folder.
   *
   * @param keepPerSlot folders of ended workers that stay, the newest
   */
  public Evidence(Path folder, int keepPerSlot) {
    this(folder, keepPerSlot, MAX_BYTES_PER_POOL);
  }

  Evidence(Path folder, int keepPerSlot, long maxBytes) {
    this.folder = folder;
    this.keepPerSlot = keepPerSlot;
    this.maxBytes = maxBytes;
  }

  /** Where a worker's folder is, whether or not it exists. */
  public Path folder(WorkerId id) {
    return folder.resolve(RunName.of(id));
  }

  /**
   * Makes a worker's folder, or finds it; it stays until {@link #ended}.
   *
   * @param user whom the worker runs as, and so who may write there; empty: who we are
   */
  public synchronized Path create(WorkerId id, Optional<WorkerUser> user) throws IOException {
    Path own = folder(id);
    if (!Files.isDirectory(own)) {
      Files.createDirectory(own, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
    }
    if (user.isPresent()) {
      giveTo(user.get(), own);
    }
    lives(id);
    return own;
  }

  /**
   * A worker has another id from now on. Its JVM goes on writing by the old name, which therefore
   * leads to the new one until {@link #ended}.
   */
  public synchronized void rename(WorkerId before, WorkerId after) throws IOException {
    Files.move(folder(before), folder(after), StandardCopyOption.ATOMIC_MOVE);
    oldNames.put(after, Files.createSymbolicLink(folder(before), folder(after).getFileName()));
    live.remove(before);
    lives(after);
  }

  /** A worker that was there before us lives: its folder stays until {@link #ended}. */
  public synchronized void adopted(WorkerId id) {
    lives(id);
  }

  private void lives(WorkerId id) {
    live.add(id);
    if (left != null) {
      left.remove(id); // whose runs are counted anew, since its logs were deleted
    }
  }

  private static void giveTo(WorkerUser user, Path own) throws IOException {
    try {
      give(own, user.uid(), user.gid());
    } catch (FileSystemException e) {
      throw new IOException(
          own + " cannot be given to " + user + ", which takes root: " + e.getReason(), e);
    }
  }

  private static void give(Path folder, int uid, int gid) throws IOException {
    Files.setAttribute(folder, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(folder, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Shuts out who wrote to the folder of an ended worker: other processes of the same user may live
   * on, and what they exchange there while we look at it or delete it could lead us astray.
   */
  private void takeBack(Path own) throws IOException {
    Map<String, Object> ours = Files.readAttributes(folder, "unix:uid,gid");
    if (Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)
        && !Files.getAttribute(own, "unix:uid", LinkOption.NOFOLLOW_LINKS)
            .equals(ours.get("uid"))) {
      give(own, (Integer) ours.get("uid"), (Integer) ours.get("gid"));
      Files.setPosixFilePermissions(own, OWNER_ALONE);
    }
  }

  /**
   * After the end of a worker, puts a file of ours beside what it left.
   *
   * @throws IOException also when there is something of that name
   */
  synchronized void keep(WorkerId id, String name, byte[] content) throws IOException {
    takeBack(folder(id));
    Files.write(folder(id).resolve(name), content, StandardOpenOption.CREATE_NEW);
  }

  /** The names of what a worker left, sorted; the first of many. */
  List<String> names(WorkerId id) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(id))) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        names.add(SafeText.line(bytes, 0, bytes.length));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return names.stream().sorted().limit(MOST_NAMES).toList();
  }

  /**
   * After the end of a worker: deletes its folder if nothing is in it, and the oldest of the pool
   * where there are too many.
   *
   * @return whether the worker left something
   */
  public synchronized boolean ended(WorkerId id) throws IOException {
    live.remove(id);
    if (left == null) {
      left = look();
    }
    Path oldName = oldNames.remove(id);
    if (oldName != null) {
      Files.deleteIfExists(oldName);
    }
    if (deleteIfEmpty(folder(id))) {
      left.remove(id);
      return false; // and there are not more than there were
    }
    takeBack(folder(id));
    left.add(id);
    keepNewest(id.pool(), id.slot());
    keepSmall(id.pool());
    return left.contains(id);
  }

  /** Those that an earlier supervisor left. Done once: there is a folder of every worker. */
  private Set<WorkerId> look() throws IOException {
    Set<WorkerId> found = new HashSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
      for (Path one : folders) {
        if (Files.isSymbolicLink(one)) {
          deleteOldName(one);
        } else {
          RunName.parse(one.getFileName().toString(), "")
              .filter(id -> !live.contains(id))
              .ifPresent(found::add);
        }
      }
    }
    for (WorkerId id : found) {
      takeBack(folder(id));
    }
    return found;
  }

  private static boolean deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }

  /** Nobody writes by it once the worker that it leads to has ended. */
  private void deleteOldName(Path link) throws IOException {
    boolean needed =
        RunName.parse(Files.readSymbolicLink(link).toString(), "")
            .filter(live::contains)
            .isPresent();
    if (!needed) {
      Files.deleteIfExists(link);
    }
  }

  private void keepNewest(String pool, int slot) throws IOException {
    List<WorkerId> old =
        left.stream()
            .filter(id -> id.pool().equals(pool) && id.slot() == slot)
            .sorted(Comparator.comparingInt(WorkerId::run).reversed())
            .skip(Math.max(0, keepPerSlot))
            .toList();
    for (WorkerId id : old) {
      delete(id);
    }
  }

  private void keepSmall(String pool) throws IOException {
    record Dated(WorkerId id, FileTime time) {}
    List<Dated> all = new ArrayList<>();
    for (WorkerId id : List.copyOf(left)) {
      if (!Files.isDirectory(folder(id), LinkOption.NOFOLLOW_LINKS)) {
        left.remove(id); // somebody has cleaned up
      } else if (id.pool().equals(pool)) {
        all.add(new Dated(id, Files.getLastModifiedTime(folder(id))));
      }
    }
    all.sort(Comparator.comparing(Dated::time).reversed());
    long sum = 0;
    for (int i = 0; i < all.size(); i++) {
      sum += FolderTrees.size(folder(all.get(i).id()));
      if (i > 0 && sum > maxBytes) {
        delete(all.get(i).id());
      }
    }
  }

  private void delete(WorkerId id) throws IOException {
    FolderTrees.delete(folder(id));
    left.remove(id);
  }
}
