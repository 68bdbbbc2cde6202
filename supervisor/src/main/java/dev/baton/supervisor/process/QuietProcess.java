package dev.baton.supervisor.process;

import dev.baton.supervisor.config.CpuSet;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process with one CPU, the lowest nice value and the longest slice until {@link #raise}. For the
 * spawner thread.
 */
public final class QuietProcess {
  private static final Logger LOG = LoggerFactory.getLogger(QuietProcess.class);

  /** A thread that is being made while its maker is raised shows only after it. */
  private static final int CLEAN_LOOKS = 2;

  /** The kernel lets an unprivileged user write to sessions ten times a second. */
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(110);

  private static final int ATTEMPTS = 20;

  /** The kernel takes no longer one. */
  private static final long LONGEST_SLICE = TimeUnit.MILLISECONDS.toNanos(100);

  private final Posix posix;
  private final int pid;
  private final Path folder;
  private final QuietStarts.Means means;
  private final Usual usual;
  private final Optional<String> born;

  /**
   * What it is to have at last.
   *
   * @param sessionNice the nice value of its session
   * @param nice that of its threads
   * @param cpus where they run
   */
  record Usual(int sessionNice, int nice, Optional<CpuSet> cpus) {}

  /**
   * @param means what it is to go without
   */
  QuietProcess(Posix posix, int pid, QuietStarts.Means means, Usual usual) {
    this.posix = posix;
    this.pid = pid;
    this.folder = Path.of("/proc", String.valueOf(pid));
    this.means = means;
    this.usual = usual;
    this.born = born();
  }

  /** Tells a process from another that has its pid later. */
  private Optional<String> born() {
    try {
      return Optional.of(ProcStat.of(folder).startTime());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** It has one thread yet. */
  void lower() {
    try {
      if (means.cpus().isPresent()) {
        posix.setAffinity(pid, usual.cpus().orElseThrow().last().bits());
      }
      schedule(pid, means.lowNice(), LONGEST_SLICE);
      if (means.sessions()) {
        writeSession(QuietStarts.LOWEST);
      }
    } catch (IOException e) {
      LOG.debug("process {} starts at full speed: {}", pid, e.getMessage());
    }
  }

  /** Gives it the nice values and CPUs that it is to have. Does nothing for one that was reaped. */
  public void raise() {
    if (born.isEmpty() || !born.equals(born())) {
      return;
    }
    try {
      if (means.sessions()) {
        raiseSession(usual.sessionNice());
      }
      raiseThreads();
    } catch (IOException e) {
      if (Files.exists(folder.resolve("task"))) {
        LOG.warn("process {} stays at a low priority, or on one CPU: {}", pid, e.getMessage());
      }
    }
  }

  private void writeSession(int nice) throws IOException {
    Files.writeString(folder.resolve("autogroup"), String.valueOf(nice), StandardOpenOption.WRITE);
  }

  private void raiseSession(int nice) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        writeSession(nice);
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS || !Files.exists(folder)) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  private void raiseThreads() throws IOException, SysException {
    Set<Integer> raised = new HashSet<>();
    for (int clean = 0; clean < CLEAN_LOOKS; ) {
      clean++;
      try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
        for (Path task : tasks) {
          int thread = Integer.parseInt(task.getFileName().toString());
          if (raised.add(thread)) {
            raise(thread);
            clean = 0;
          }
        }
      }
    }
  }

  private void schedule(int thread, int nice, long slice) throws SysException {
    if (means.slices()) {
      posix.setSlice(thread, nice, slice);
    } else if (means.threads()) {
      posix.setNice(thread, nice);
    }
  }

  private void raise(int thread) throws SysException {
    try {
      schedule(thread, usual.nice(), 0);
      if (means.cpus().isPresent()) {
        posix.setAffinity(thread, usual.cpus().orElseThrow().bits());
      }
    } catch (SysException e) {
      if (e.errno() != Errno.ESRCH) { // it has ended
        throw e;
      }
    }
  }
}
