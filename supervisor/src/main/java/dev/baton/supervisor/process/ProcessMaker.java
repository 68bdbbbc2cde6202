package dev.baton.supervisor.process;

import dev.baton.channel.FrameSocket;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Optional;

/**
 * Starts one worker process tied to us by a control channel. The child gets exactly 0 ({@code
 * /dev/null}), 1 and 2 (its log) and 3 (its end of the channel).
 */
public final class ProcessMaker {
  /** The number under which a worker finds its channel; it is told, and must not assume it. */
  public static final int CHANNEL = 3;

  private final Posix posix;

  /** Uses the given door to the kernel. */
  public ProcessMaker(Posix posix) {
    this.posix = posix;
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
      FrameSocket.Ends ends = FrameSocket.pair(posix, label);
      try (OwnedFd ours = ends.supervisor();
          FdBag childs = new FdBag()) {
        OwnedFd theirs = childs.add(ends.worker());
        OwnedFd input =
            childs.add(
                OwnedFd.of(posix, posix.open("/dev/null", Constants.O_RDONLY, 0), "/dev/null"));
        Child child = start(launch, label, input, log, theirs, cgroup);
        return new Spawned(child, ours.take("channel:" + label));
      }
    }
  }

  private Child start(
      Launch launch,
      String label,
      OwnedFd input,
      OwnedFd log,
      OwnedFd channel,
      Optional<WorkerCgroup> cgroup)
      throws SysException {
    int pid =
        input.<Integer, SysException>borrow(
            in ->
                log.<Integer, SysException>borrow(
                    out ->
                        channel.<Integer, SysException>borrow(
                            ch ->
                                posix.spawn(launch.request(java.util.List.of(in, out, out, ch))))));
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
    } catch (SysException e) {
      cause.addSuppressed(e);
    }
  }
}
