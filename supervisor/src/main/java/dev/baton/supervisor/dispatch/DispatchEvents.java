package dev.baton.supervisor.dispatch;

import dev.baton.protocol.Numbers;
import dev.baton.supervisor.core.WorkerId;

/**
 * What a {@link Dispatcher} asks of its owner. Called on the dispatch thread, so these must not
 * block: post to the loop, in the order of the calls. They may call the dispatcher, which takes a
 * command in later.
 */
public interface DispatchEvents {
  /** Send the worker a {@code recall} of these connections. */
  void recall(WorkerId worker, Numbers connections);

  /**
   * The worker broke a rule or is wedged: kill it, read its channel to the end, post what was read,
   * reap it, then say {@link Dispatcher#reaped}. Comes once for a worker.
   *
   * @param reason for the operator; the worker is the subject of the sentence
   */
  void fault(WorkerId worker, String reason);

  /**
   * Connections wait, and there is no worker that is not draining. Comes again after half a second
   * while that is so.
   */
  void demand();

  /** Something for the log; such texts come seldom, however often their cause does. */
  void warning(String text);

  /**
   * Carry out what was asked before, read the control channels of the pool's workers until nothing
   * is in them, post what was read, and then call {@link Dispatcher#caughtUp} with this ticket. A
   * deadline that has come counts only after that: while the loop stalls, answers that lie unread
   * in a channel, and recalls that were not sent, are nobody's fault. Comes seldom: when something
   * was handed over and not claimed for long, and after a refusal.
   */
  void catchUp(long ticket);
}
