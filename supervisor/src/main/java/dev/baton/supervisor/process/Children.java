package dev.baton.supervisor.process;

import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.HashSet;
import java.util.Set;

/**
 * The processes that somebody here waits for. All other children are strangers, left to us by who
 * started them, or started by the program that this process was before an upgrade. Thread-safe.
 */
public final class Children {
  private final Set<Integer> pids = new HashSet<>();

  /** Starts a process. */
  @FunctionalInterface
  public interface Maker {
    /** Returns its pid. */
    int make() throws SysException;
  }

  /** Starts one that is not taken for a stranger, however soon it ends. */
  public synchronized int make(Maker maker) throws SysException {
    int pid = maker.make();
    pids.add(pid);
    return pid;
  }

  /** One that is there already. */
  public synchronized void add(int pid) {
    pids.add(pid);
  }

  /** Its end was seen. */
  public synchronized void reaped(int pid) {
    pids.remove(pid);
  }

  /** Reaps all strangers that have ended. */
  public synchronized void reapStrangers(Posix posix) throws SysException {
    new Strangers(posix, pids::contains).reap();
  }
}
