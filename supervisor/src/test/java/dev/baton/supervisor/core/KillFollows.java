package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whoever leaves and does not go is killed once drain, stop and TERM had their time. */
final class KillFollows {
  /** The simulated loop is at most this late, for each of the deadlines. */
  private static final long LATE = Times.SECOND;

  private final long patience;
  private final Map<WorkerId, Long> leavingSince = new HashMap<>();
  private final Set<WorkerId> killed = new HashSet<>();

  KillFollows(PoolSettings settings) {
    patience =
        settings.drainTimeout()
            + settings.stopTimeout()
            + settings.termTimeout()
            + LATE
            + settings.heartbeat().dumpTimeout();
  }

  void check(Step<Pool> step, long now) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Kill e) {
        killed.add(e.worker());
      }
    }
    for (Slot slot : step.state().places()) {
      for (Worker w : slot.workers()) {
        if (w.state().summary() == Summary.LEAVING) {
          long since = leavingSince.computeIfAbsent(w.id(), id -> now);
          assertTrue(
              now - since <= patience || killed.contains(w.id()),
              () -> w + " leaves since " + since + " and was not killed");
        }
      }
    }
  }
}
