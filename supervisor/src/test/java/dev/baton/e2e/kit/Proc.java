package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel says of processes: proc(5). A process that ends while it is looked at counts as
 * gone; what may not be read is an {@link UncheckedIOException} that says so.
 */
public final class Proc {
  private static final Path ROOT = Path.of("/proc");
  private static final int O_CLOEXEC = 02000000;

  /**
   * A descriptor of a process.
   *
   * @param number its number there
   * @param target what the link shows: a path, {@code socket:[inode]}, {@code pipe:[inode]}, {@code
   *     anon_inode:...}
   * @param flags the open flags as fdinfo shows them
   */
  public record Fd(int number, String target, long flags) {
    /** Whether an exec closes it. */
    public boolean cloexec() {
      return (flags & O_CLOEXEC) != 0;
    }

    /** Whether it is a socket of any kind. */
    public boolean isSocket() {
      return target.startsWith("socket:");
    }

    /** Whether it is an end of an unnamed pipe. */
    public boolean isPipe() {
      return target.startsWith("pipe:");
    }
  }

  /**
   * A process, and not another one that got its number later.
   *
   * @param pid the number
   * @param startTicks when it was started, in clock ticks since boot
   */
  public record Identity(long pid, long startTicks) {
    /** Whether this very process still runs; a zombie does not. */
    public boolean alive() {
      return stat(pid)
          .filter(stat -> stat.startTicks == startTicks && stat.state != 'Z' && stat.state != 'X')
          .isPresent();
    }
  }

  /**
   * The fields of {@code /proc/PID/stat} that tests ask for.
   *
   * @param pid the process
   * @param command its name, as far as the kernel keeps it
   * @param state R, S, D, T, Z, ...
   * @param parent the pid of its parent
   * @param session its session
   * @param cpuTicks user and system time, in clock ticks (100 a second)
   * @param startTicks when it was started, in clock ticks since boot
   */
  public record Stat(
      long pid,
      String command,
      char state,
      long parent,
      long session,
      long cpuTicks,
      long startTicks) {}

  private Proc() {}

  /** The test JVM itself. */
  public static long self() {
    return ProcessHandle.current().pid();
  }

  /** Whether there is such a process, a zombie included. */
  public static boolean exists(long pid) {
    return stat(pid).isPresent();
  }

  /** Whether the process has ended and was not reaped. */
  public static boolean isZombie(long pid) {
    return stat(pid).filter(stat -> stat.state == 'Z').isPresent();
  }

  /** The process that has this number now; empty if there is none. */
  public static Optional<Identity> identity(long pid) {
    return stat(pid).map(stat -> new Identity(pid, stat.startTicks));
  }

  /** The status of a process; empty if there is none. */
  public static Optional<Stat> stat(long pid) {
    return read(pid, "stat").filter(text -> !text.isEmpty()).map(Proc::parseStat);
  }

  static Stat parseStat(String text) {
    // The name is in parentheses and may hold parentheses and spaces itself: the last one counts.
    int open = text.indexOf('(');
    int close = text.lastIndexOf(')');
    var field = text.substring(close + 2).trim().split(" ");
    return new Stat(
        Long.parseLong(text.substring(0, open).trim()),
        text.substring(open + 1, close),
        field[0].charAt(0),
        Long.parseLong(field[1]),
        Long.parseLong(field[3]),
        Long.parseLong(field[11]) + Long.parseLong(field[12]),
        Long.parseLong(field[19]));
  }

  /** All children of a process, zombies included. */
  public static List<Stat> children(long pid) {
    return all().stream().filter(stat -> stat.parent == pid).toList();
  }

  /** All children of a process, their children, and so on. */
  public static List<Stat> descendants(long pid) {
    var everyone = all();
    var found = new ArrayList<Stat>();
    var parents = new ArrayList<>(List.of(pid));
    while (!parents.isEmpty()) {
      long parent = parents.remove(0);
      for (var stat : everyone) {
        if (stat.parent == parent) {
          found.add(stat);
          parents.add(stat.pid);
        }
      }
    }
    return found;
  }

  private static List<Stat> all() {
    var stats = new ArrayList<Stat>();
    try (var entries = Files.newDirectoryStream(ROOT, "[1-9]*")) {
      for (var entry : entries) {
        stat(Long.parseLong(entry.getFileName().toString())).ifPresent(stats::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("/proc cannot be listed", e);
    }
    return stats;
  }

  /**
   * The descriptors of a process by number; those that were closed meanwhile are left out. Empty
   * for a process that is gone.
   */
  public static List<Fd> fds(long pid) {
    var folder = ROOT.resolve(pid + "/fd");
    var fds = new ArrayList<Fd>();
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        fd(pid, entry).ifPresent(fds::add);
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (AccessDeniedException e) {
      if (isZombie(pid)) {
        return List.of();
      }
      throw new UncheckedIOException(folder + " belongs to another user: it may not be read", e);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
    fds.sort(Comparator.comparingInt(Fd::number));
    return fds;
  }

  private static Optional<Fd> fd(long pid, Path link) throws IOException {
    int number = Integer.parseInt(link.getFileName().toString());
    String target;
    try {
      target = Files.readSymbolicLink(link).toString();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return read(pid, "fdinfo/" + number)
        .flatMap(info -> value(info, "flags:"))
        .map(flags -> new Fd(number, target, Long.parseLong(flags, 8)));
  }

  /** The proportional set size in bytes; empty for a process that is gone. */
  public static Optional<Long> pssBytes(long pid) {
    return read(pid, "smaps_rollup")
        .flatMap(text -> value(text, "Pss:"))
        .map(text -> Long.parseLong(text.replace("kB", "").trim()) * 1024);
  }

  /** The folder of a process's cgroup, where the hierarchy of version 2 is the usual or hybrid. */
  public static Optional<Path> cgroup(long pid) {
    var relative =
        read(pid, "cgroup")
            .flatMap(all -> all.lines().filter(l -> l.startsWith("0::")).findFirst())
            .map(line -> line.substring("0::".length()))
            .orElse("none");
    return List.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified").stream()
        .map(mount -> Path.of(mount, relative))
        .filter(folder -> Files.exists(folder.resolve("cgroup.procs")))
        .findFirst();
  }

  /** The arguments of a process; empty for a zombie or a process that is gone. */
  public static List<String> commandLine(long pid) {
    var text = read(pid, "cmdline").orElse("");
    return text.isEmpty() ? List.of() : List.of(text.split("\0"));
  }

  /**
   * A value of {@code /proc/PID/status}, such as that of {@code Uid}, its columns apart by one
   * space; empty for a process that is gone.
   */
  public static Optional<String> status(long pid, String key) {
    return read(pid, "status")
        .flatMap(text -> value(text, key + ":"))
        .map(text -> text.replaceAll("\\s+", " "));
  }

  private static Optional<String> value(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).trim())
        .findFirst();
  }

  private static Optional<String> read(long pid, String name) {
    var file = ROOT.resolve(pid + "/" + name);
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // ESRCH: the file was opened while the process lived, and read when it was gone.
      if (!Files.exists(file) || String.valueOf(e.getMessage()).contains("No such process")) {
        return Optional.empty();
      }
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
