package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the kernel has killed a process for want of memory. To whom it was done is told by no
 * interface that is open to everybody, so counters are compared: of the process's cgroup ({@code
 * memory.events}, cgroup v2), or else of the machine ({@code oom_kill} in {@code /proc/vmstat}).
 * Thread-safe; reads small files of the kernel.
 */
final class OomKills {
  private static final String COUNTER = "oom_kill ";
  private static final long UNKNOWN = -1;

  private final Folders folders;
  private final Path machine;
  private final Path own;
  private long seenInOwn;
  private long seenInMachine;

  /** Where cgroups are, by the names that {@code /proc/PID/cgroup} has for them. */
  interface Folders {
    Path of(String cgroup) throws IOException;
  }

  OomKills() {
    this(CgroupFolder::mounted, Path.of("/proc/vmstat"), Path.of("/proc/self/cgroup"));
  }

  /**
   * @param folders of the cgroup v2 hierarchy
   * @param machine the machine's counters
   * @param self names our own cgroup
   */
  OomKills(Folders folders, Path machine, Path self) {
    this.folders = folders;
    this.machine = machine;
    this.own = cgroup(self).flatMap(this::events).orElse(machine);
    look();
  }

  /** The cgroup that a {@code /proc/PID/cgroup} names in the v2 hierarchy, dead or alive. */
  static Optional<String> cgroup(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(l -> l.startsWith("0::/")).map(l -> l.substring(3)).findFirst();
    } catch (IOException | java.io.UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private Optional<Path> events(String cgroup) {
    try {
      return Optional.of(folders.of(cgroup).resolve("memory.events"));
    } catch (IOException e) {
      return Optional.empty(); // not mounted here
    }
  }

  /** What has happened until now is nobody's: a worker is about to start. */
  synchronized void look() {
    seenInOwn = count(own);
    seenInMachine = count(machine);
  }

  /**
   * The sign that a process was killed for want of memory, which ended by a KILL that nobody here
   * had sent; empty when there is none.
   *
   * @param cgroup that it ended in
   */
  synchronized String sign(Optional<String> cgroup) {
    Optional<Path> events = cgroup.flatMap(this::events).filter(f -> count(f) != UNKNOWN);
    long inOwn = seenInOwn;
    long inMachine = seenInMachine;
    look();
    if (events.isPresent()) {
      // A cgroup of its own began at 0; one that it shared with us is older than it.
      long before = events.get().equals(own) ? inOwn : 0;
      return count(events.get()) > before
          ? "out of memory: the kernel's OOM killer was at work in its cgroup"
          : "";
    }
    return inMachine != UNKNOWN && seenInMachine > inMachine
        ? "probably out of memory: the kernel's OOM killer was at work"
        : "";
  }

  private static long count(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(l -> l.startsWith(COUNTER))
          .mapToLong(l -> Long.parseLong(l.substring(COUNTER.length()).strip()))
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException | java.io.UncheckedIOException | NumberFormatException e) {
      return UNKNOWN; // no such counter here
    }
  }
}
