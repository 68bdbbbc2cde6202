package dev.baton.supervisor.core.dispatch;

/**
 * Whether to accept. While nobody can take a connection, it is better off in the kernel's queue,
 * which is never closed and costs no descriptor; only while no worker serves at all some are
 * accepted, so that a pool may start its first worker on the first connection.
 */
final class Gate {
  private final Hands hands;
  private final int waitLimit;
  private boolean accepting = true;
  private boolean held;
  private boolean scarce;
  private long scarceUntil;

  Gate(Hands hands, int waitLimit) {
    this.hands = hands;
    this.waitLimit = waitLimit;
  }

  boolean accepting() {
    return accepting;
  }

  void hold(boolean on) {
    held = on;
  }

  void scarce(long until) {
    scarce = true;
    scarceUntil = until;
  }

  boolean scarce() {
    return scarce;
  }

  /** When to try again, or the end of time. */
  long scarceUntil() {
    return scarce ? scarceUntil : Long.MAX_VALUE;
  }

  void expire(long now) {
    scarce &= scarceUntil > now;
  }

  void update(Members members, int waiting) {
    boolean wanted = !held && !scarce && wanted(members, waiting);
    if (wanted != accepting) {
      accepting = wanted;
      hands.accepting(wanted);
    }
  }

  private boolean wanted(Members members, int waiting) {
    if (members.serving().length > 0) {
      return members.someHaveRoom(); // after a settle nothing waits then
    }
    return accepting ? waiting < waitLimit : waiting <= waitLimit / 2;
  }
}
