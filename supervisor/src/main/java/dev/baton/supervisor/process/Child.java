package dev.baton.supervisor.process;

import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.Exit;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One child process, ours to reap. Its pid cannot be reused before {@link #reap} has said that it
 * is gone, so signals reach it and nobody else. Or one that was adopted, of which its start time is
 * looked at before each signal. One thread.
 */
public final class Child implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Child.class);

  private final Posix posix;
  private final int pid;
  private final OwnedFd pidfd;
  private final Optional<WorkerCgroup> cgroup;
  private final Optional<String> adoptedSince;
  private boolean reaped;

  /** Consumes {@code pidfd}. */
  Child(Posix posix, int pid, OwnedFd pidfd, Optional<WorkerCgroup> cgroup) {
    this(posix, pid, pidfd, cgroup, Optional.empty());
  }

  private Child(
      Posix posix,
      int pid,
      OwnedFd pidfd,
      Optional<WorkerCgroup> cgroup,
      Optional<String> adoptedSince) {
    this.posix = posix;
    this.pid = pid;
    this.pidfd = pidfd;
    this.cgroup = cgroup;
    this.adoptedSince = adoptedSince;
  }

  /**
   * A process that another supervisor has started: somebody else reaps it, and its exit status is
   * not to be had, unless that supervisor was this very process before an upgrade. Consumes {@code
   * pidfd}.
   *
   * @param startTime of the process, by which its number is known not to be another's
   * @param cgroup of its own, if it has one
   */
  public static Child adopted(
      Posix posix, int pid, OwnedFd pidfd, String startTime, Optional<WorkerCgroup> cgroup) {
    return new Child(posix, pid, pidfd, cgroup, Optional.of(startTime));
  }

  /** Its process id. */
  public int pid() {
    return pid;
  }

  /** Lends the pidfd, which becomes readable when the process has ended ({@code pidfd_open(2)}). */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return pidfd.borrow(use);
  }

  /** QUIT to the process alone: a JVM writes a thread dump to its output and goes on. */
  public void dumpThreads() throws SysException {
    signal(pid, Constants.SIGQUIT);
  }

  /** TERM to the process alone. */
  public void terminate() throws SysException {
    signal(pid, Constants.SIGTERM);
  }

  /** KILL to the process and everything it started: its group, and its cgroup if it has one. */
  public void kill() throws SysException {
    try {
      signal(-pid, Constants.SIGKILL);
    } finally {
      if (!reaped) {
        cgroup.ifPresent(this::killAll);
      }
    }
  }

  private void killAll(WorkerCgroup own) {
    try {
      own.kill();
    } catch (IOException e) {
      LOG.warn("what process {} started cannot be killed whole: {}", pid, e.getMessage());
    }
  }

  private void signal(int target, int signal) throws SysException {
    if (reaped || isOthers()) {
      return;
    }
    try {
      posix.kill(target, signal);
    } catch (SysException e) {
      if (e.errno() != Errno.ESRCH) { // it has ended meanwhile, which is what was wanted
        throw e;
      }
    }
  }

  /**
   * Takes the exit status once the process has ended. Before, what is left of its process group and
   * of its cgroup is killed: until the leader is reaped, the group's number cannot belong to
   * anybody else.
   *
   * @return empty while it runs
   */
  public Optional<Exit> reap() throws SysException {
    if (posix.poll(pidfdNumber(), Constants.POLLIN, 0) == 0) {
      return Optional.empty();
    }
    try {
      kill();
    } catch (SysException e) { // a descendant under another user: no reason to keep a zombie
      LOG.warn("what process {} left running cannot be killed: {}", pid, e.getMessage());
    }
    Optional<WaitStatus> status;
    try {
      status = posix.waitpid(pid);
    } catch (SysException e) {
      if (adoptedSince.isEmpty() || e.errno() != Errno.ECHILD) {
        throw e;
      }
      reaped = true;
      return Optional.of(Exit.UNKNOWN);
    }
    reaped = status.isPresent();
    return status.map(s -> new Exit(s.code(), s.signal(), s.coreDumped()));
  }

  /** Only the number of an adopted process can come to be somebody else's before we know. */
  private boolean isOthers() {
    if (adoptedSince.isEmpty()) {
      return false;
    }
    try {
      Path process = Path.of("/proc", String.valueOf(pid));
      return !ProcStat.of(process).startTime().equals(adoptedSince.get());
    } catch (IOException e) {
      return false; // gone, and its number free, or kept for its group
    }
  }

  private int pidfdNumber() {
    return pidfd.<Integer, RuntimeException>borrow(n -> n);
  }

  /** Its cgroup in the v2 hierarchy, also after its end until it is reaped; empty when unknown. */
  public Optional<String> cgroup() {
    return reaped
        ? Optional.empty()
        : OomKills.cgroup(Path.of("/proc", String.valueOf(pid), "cgroup"));
  }

  /** Closes the pidfd; says nothing to the process. */
  @Override
  public void close() {
    pidfd.close();
  }
}
