package dev.baton.supervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.channel.FrameSocket;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.List;
import java.util.Optional;

/**
 * Starts one worker process tied to us by a control channel. The child gets exactly 0 ({@code
 * /dev/null}), 1 and 2 (its log) and 3 (its end of the channel).
 */
public final class ProcessMaker {
  /** The number under which a worker finds its channel; it is told, and must not assume it. */
  public static final int CHANNEL = 3;

  private static final byte[] INHERITED =
      "baton: the output of this worker goes to that of the supervisor\n".getBytes(UTF_8);

  private final Posix posix;
  private final Children children;

  /** Uses the given door to the kernel. */
  public ProcessMaker(Posix posix) {
    this(posix, new Children());
  }

  /**
   * @param children gets each that is made
   */
  public ProcessMaker(Posix posix, Children children) {
    this.posix = posix;
    this.children = children;
  }

  /**
   * Starts a process. Blocks until the program runs, for some milliseconds.
   *
   * @param log where its output goes; consumed
   * @param cgroup which the launch enters, and which ends with the process; empty: none of its own
   * @throws SysException naming the call that failed; nothing is left behind then
   */
  public Spawned spawn(Launch launch, String label, OwnedFd log, Optional<WorkerCgroup> cgroup)
      throws SysException {
    try (log) {
      return log.<Spawned, SysException>borrow(out -> spawn(launch, label, out, out, cgroup));
    }
  }

  /**
   * The same, but the output goes to that of this process, and the file says so: whoever looks for
   * it there finds where it is.
   */
  public Spawned spawnInheriting(
      Launch launch, String label, OwnedFd log, Optional<WorkerCgroup> cgroup) throws SysException {
    try (log) {
      log.<Integer, SysException>borrow(n -> posix.write(n, INHERITED, INHERITED.length));
      return spawn(launch, label, 1, 2, cgroup);
    }
  }

  private Spawned spawn(
      Launch launch, String label, int out, int err, Optional<WorkerCgroup> cgroup)
      throws SysException {
    FrameSocket.Ends ends = FrameSocket.pair(posix, label);
    try (OwnedFd ours = ends.supervisor();
        FdBag childs = new FdBag()) {
      OwnedFd theirs = childs.add(ends.worker());
      OwnedFd input =
          childs.add(
              OwnedFd.of(posix, posix.open("/dev/null", Constants.O_RDONLY, 0), "/dev/null"));
      int pid =
          input.<Integer, SysException>borrow(
              in ->
                  theirs.<Integer, SysException>borrow(
                      ch ->
                          children.make(
                              () -> posix.spawn(launch.request(List.of(in, out, err, ch))))));
      Child child = watch(pid, label, cgroup);
      return new Spawned(child, ours.take("channel:" + label));
    }
  }

  private Child watch(int pid, String label, Optional<WorkerCgroup> cgroup) throws SysException {
    try {
      return new Child(
          posix, pid, OwnedFd.of(posix, posix.pidfdOpen(pid), "pidfd:" + label), cgroup);
    } catch (SysException e) {
      discard(pid, e);
      throw e;
    }
  }

  /** A child that cannot be watched must not live. */
  private void discard(int pid, SysException cause) {
    try {
      posix.kill(-pid, Constants.SIGKILL);
      posix.awaitExit(pid);
      children.reaped(pid); // its number may be a stranger's next
    } catch (SysException e) {
      cause.addSuppressed(e);
    }
  }
}
