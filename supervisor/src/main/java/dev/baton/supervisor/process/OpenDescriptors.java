package dev.baton.supervisor.process;

import dev.baton.supervisor.store.Inode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What descriptors processes have, from {@code /proc/PID/fd} ({@code proc(5)}): each takes two
 * system calls, and a file on a dead network file system may block, so it is read on a thread of
 * its own, which is there while it is asked. Thread-safe.
 */
public final class OpenDescriptors {
  private final Path proc;
  private final ThreadPoolExecutor thread;

  /**
   * One descriptor.
   *
   * @param number in its process
   * @param target as the kernel names it: a path, or {@code socket:[4711]}
   * @param inode empty when it was closed meanwhile
   */
  public record Open(int number, String target, Optional<Inode> inode) {}

  /**
   * What could be seen of a process.
   *
   * @param open by number
   * @param obstacle why nothing could be seen; empty when it could
   */
  public record Seen(List<Open> open, String obstacle) {
    /** Copies the list. */
    public Seen {
      open = List.copyOf(open);
    }
  }

  /** Of this machine's processes. */
  public OpenDescriptors() {
    this(Path.of("/proc"));
  }

  OpenDescriptors(Path proc) {
    this.proc = proc;
    thread =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), OpenDescriptors::daemon);
    thread.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable work) {
    Thread t = new Thread(work, "baton-descriptors");
    t.setDaemon(true);
    return t;
  }

  /**
   * What processes have open, by pid; completes on the thread.
   *
   * @param pids those that have ended meanwhile are told as such
   */
  public CompletableFuture<Map<Long, Seen>> read(List<Long> pids) {
    List<Long> asked = List.copyOf(pids);
    return CompletableFuture.supplyAsync(
        () -> {
          Map<Long, Seen> found = new HashMap<>();
          asked.forEach(pid -> found.put(pid, of(pid)));
          return found;
        },
        thread);
  }

  private Seen of(long pid) {
    Path folder = proc.resolve(Long.toString(pid)).resolve("fd");
    List<Open> open = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        open(entry, folder).ifPresent(open::add);
      }
    } catch (AccessDeniedException e) {
      return new Seen(List.of(), denied(pid, folder));
    } catch (NoSuchFileException e) {
      return new Seen(List.of(), "the process has ended");
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return new Seen(List.of(), folder + " cannot be read: " + e.getMessage());
    }
    open.sort(Comparator.comparingInt(Open::number));
    return new Seen(open, "");
  }

  /** Empty for one that was closed meanwhile, and for the reading itself. */
  private static Optional<Open> open(Path entry, Path folder) throws IOException {
    try {
      String target = Files.readSymbolicLink(entry).toString();
      if (target.equals(folder.toString())) {
        return Optional.empty();
      }
      int number = Integer.parseInt(entry.getFileName().toString());
      return Optional.of(new Open(number, target, inode(entry)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Optional<Inode> inode(Path entry) {
    try {
      Map<String, Object> stat = Files.readAttributes(entry, "unix:dev,ino");
      return Optional.of(
          Inode.ofStat(
              ((Number) stat.get("dev")).longValue(), ((Number) stat.get("ino")).longValue()));
    } catch (IOException e) {
      return Optional.empty(); // closed, or a file whose file system is gone
    }
  }

  /** Ptrace access mode decides ({@code ptrace(2)}), not the permissions of the folder. */
  private static String denied(long pid, Path folder) {
    String whose;
    try {
      whose = "it runs as user " + Files.getOwner(folder.getParent()).getName();
    } catch (IOException e) {
      whose = "it may have ended";
    }
    return folder
        + " may not be read: "
        + whose
        + ", the supervisor as "
        + System.getProperty("user.name")
        + " without CAP_SYS_PTRACE (ptrace(2))";
  }
}
