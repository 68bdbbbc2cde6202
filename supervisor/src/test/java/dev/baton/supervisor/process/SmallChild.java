package dev.baton.supervisor.process;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Real children that are quicker than a JVM, made as workers are. */
public final class SmallChild {
  private static final Posix REAL = Posix.system();
  private static final int PATIENCE_MILLIS = 10_000;

  private SmallChild() {}

  /** A shell with a script; its output goes to {@code log}. */
  public static Spawned shell(Posix posix, Path log, String script) throws SysException {
    return start(posix, log, List.of("/bin/sh", "-c", script));
  }

  /** Any program; its output goes to {@code log}. */
  public static Spawned start(Posix posix, Path log, List<String> command) throws SysException {
    int flags = Constants.O_WRONLY | Constants.O_CREAT | Constants.O_APPEND;
    return new ProcessMaker(posix)
        .spawn(
            new Launch(command, Map.of("PATH", "/usr/bin:/bin"), Optional.empty()),
            "test/0#1",
            OwnedFd.of(posix, posix.open(log.toString(), flags, 0600), "log"),
            Optional.empty());
  }

  /** Waits until it has ended; it is not reaped. */
  public static void awaitEnd(Child child) throws SysException {
    int events = child.borrow(n -> REAL.poll(n, Constants.POLLIN, PATIENCE_MILLIS));
    if (events == 0) {
      throw new AssertionError("child " + child.pid() + " did not end");
    }
  }

  /** Ends it, reaps it, and closes what belongs to it. */
  public static void discard(Spawned spawned) throws SysException {
    try (Child child = spawned.child();
        OwnedFd channel = spawned.channel()) {
      if (channel.isOpen()) {
        child.kill();
      }
      awaitEnd(child);
      child.reap();
    }
  }

  /** Whether a process runs: there is one and it is no zombie. */
  public static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }
}
