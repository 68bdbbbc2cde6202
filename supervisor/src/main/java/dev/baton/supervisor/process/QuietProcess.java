package dev.baton.supervisor.process;

import dev.baton.supervisor.config.CpuSet;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process with one CPU and the lowest nice value until {@link #raise}. For the spawner thread.
 */
public final class QuietProcess {
  private static final Logger LOG = LoggerFactory.getLogger(QuietProcess.class);

  /** Field 22 of the statistics ({@code proc(5)}), of which the second may hold blanks. */
  private static final int START_AFTER_NAME = 19;

  /** A thread that is being made while its maker is raised shows only after it. */
  private static final int CLEAN_LOOKS = 2;

  /** The kernel lets an unprivileged user write to sessions ten times a second. */
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(110);

  private static final int ATTEMPTS = 20;

  private final Posix posix;
  private final int pid;
  private final Path folder;
  private final OptionalInt session;
  private final OptionalInt threads;
  private final Optional<CpuSet> cpus;
  private final Optional<String> born;

  /**
   * @param session the nice value that its session is to have at last; empty: is left alone
   * @param threads the same for its threads
   * @param cpus what they are to run on at last, which until then is the last of them
   */
  QuietProcess(
      Posix posix, int pid, OptionalInt session, OptionalInt threads, Optional<CpuSet> cpus) {
    this.posix = posix;
    this.pid = pid;
    this.folder = Path.of("/proc", String.valueOf(pid));
    this.session = session;
    this.threads = threads;
    this.cpus = cpus;
    this.born = born();
  }

  /** Tells a process from another that has its pid later. */
  private Optional<String> born() {
    try {
      String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Optional.of(fields[START_AFTER_NAME]);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** It has one thread yet. */
  void lower() {
    try {
      if (cpus.isPresent()) {
        posix.setAffinity(pid, cpus.get().last().bits());
      }
      if (threads.isPresent()) {
        posix.setNice(pid, QuietStarts.LOWEST);
      }
      if (session.isPresent()) {
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
      if (session.isPresent()) {
        raiseSession(session.getAsInt());
      }
      if (threads.isPresent() || cpus.isPresent()) {
        raiseThreads();
      }
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

  private void raise(int thread) throws SysException {
    try {
      if (threads.isPresent()) {
        posix.setNice(thread, threads.getAsInt());
      }
      if (cpus.isPresent()) {
        posix.setAffinity(thread, cpus.get().bits());
      }
    } catch (SysException e) {
      if (e.errno() != Errno.ESRCH) { // it has ended
        throw e;
      }
    }
  }
}
