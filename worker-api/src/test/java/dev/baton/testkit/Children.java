package dev.baton.testkit;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SpawnRequest;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Real child processes for tests, started as the supervisor starts workers. */
public final class Children {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Children() {}

  /**
   * Starts a program with 0 from /dev/null, 1 and 2 into {@code output}, and the {@code further}
   * descriptors from 3 on, which stay the caller's.
   *
   * @return its pid; the caller reaps it
   */
  public static int spawn(Posix posix, Path output, List<String> command, OwnedFd... further)
      throws SysException {
    return spawn(posix, output, command, List.of("PATH=/usr/bin:/bin"), Optional.empty(), further);
  }

  /** As above, with an environment and a working directory. */
  public static int spawn(
      Posix posix,
      Path output,
      List<String> command,
      List<String> environment,
      Optional<String> folder,
      OwnedFd... further)
      throws SysException {
    int flags = Constants.O_WRONLY | Constants.O_CREAT | Constants.O_APPEND;
    try (OwnedFd in = OwnedFd.of(posix, posix.open("/dev/null", Constants.O_RDONLY, 0), "null");
        OwnedFd out = OwnedFd.of(posix, posix.open(output.toString(), flags, 0600), "output")) {
      List<Integer> numbers = new ArrayList<>();
      numbers.add(in.numberDoNotKeep());
      numbers.add(out.numberDoNotKeep());
      numbers.add(out.numberDoNotKeep());
      for (OwnedFd fd : further) {
        numbers.add(fd.numberDoNotKeep());
      }
      return posix.spawn(new SpawnRequest(command.get(0), command, environment, folder, numbers));
    }
  }

  /** Waits for the end of a child and reaps it. */
  public static WaitStatus reap(Posix posix, int pid) throws SysException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (; ; ) {
      Optional<WaitStatus> status = posix.waitpid(pid);
      if (status.isPresent()) {
        return status.get();
      }
      if (System.nanoTime() - deadline > 0) {
        posix.kill(pid, Constants.SIGKILL);
        throw new AssertionError("child " + pid + " did not end within " + PATIENCE);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Runs a program to its end and returns what it wrote; any exit code but 0 fails the test. */
  public static String output(Posix posix, Path output, List<String> command, OwnedFd... further)
      throws IOException {
    WaitStatus status = reap(posix, spawn(posix, output, command, further));
    String text = Files.readString(output);
    if (!status.equals(new WaitStatus(0, 0, false))) {
      throw new AssertionError(command + " ended with " + status + ": " + text);
    }
    return text;
  }

  /** Processes whose parent is this one, zombies included: pid and name. */
  public static List<String> ofThisProcess() throws IOException {
    long self = ProcessHandle.current().pid();
    List<String> children = new ArrayList<>();
    try (var tasks = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : tasks) {
        try {
          String stat = Files.readString(process.resolve("stat"));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
          if (Long.parseLong(fields[1]) == self) {
            children.add(stat.substring(0, stat.lastIndexOf(')') + 1) + " " + fields[0]);
          }
        } catch (IOException e) {
          continue; // it ended while we looked
        }
      }
    }
    return children;
  }
}
