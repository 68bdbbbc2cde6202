package dev.baton.supervisor.process;

import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.function.IntPredicate;

/**
 * What process 1 owes to all: processes whose parents have ended are its children, and stay zombies
 * until it has reaped them ({@code wait(2)}). Ours are left to who watches them.
 */
public final class Strangers {
  /** At one look; the rest has time until the next. */
  private static final int MOST = 1024;

  private final Posix posix;
  private final IntPredicate ours;

  /**
   * @param ours whether a child is a worker, which somebody else reaps; must know each before it
   *     can end unseen
   */
  public Strangers(Posix posix, IntPredicate ours) {
    this.posix = posix;
    this.ours = ours;
  }

  /** Whether this process is the first of its machine or container. */
  public static boolean areOurs() {
    return ProcessHandle.current().pid() == 1;
  }

  /**
   * Reaps those that have ended. The kernel always tells of the one that has waited longest, so one
   * of ours in front ends the look; it goes soon.
   *
   * @return how many
   */
  public int reap() throws SysException {
    int reaped = 0;
    for (int pid = posix.endedChild(); pid != 0 && reaped < MOST; pid = posix.endedChild()) {
      if (ours.test(pid)) {
        break;
      }
      posix.waitpid(pid);
      reaped++;
    }
    return reaped;
  }
}
