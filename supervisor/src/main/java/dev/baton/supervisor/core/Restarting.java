package dev.baton.supervisor.core;

import dev.baton.supervisor.core.SlotHistory.Rest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What follows in a slot when its worker has ended without having been told to. */
final class Restarting {
  private final PoolSettings settings;
  private final long now;

  Restarting(PoolSettings settings, long now) {
    this.settings = settings;
    this.now = now;
  }

  /**
   * The history of the slot with this end.
   *
   * @param w the worker that ended
   * @param exit how, if it ended by itself: not when it was killed, nor when it never was a process
   * @param tried whether the rollout that brought it is under way, which then decides what follows
   */
  SlotHistory after(SlotHistory history, Worker w, Optional<Exit> exit, boolean tried) {
    RestartRules rules = settings.restarts();
    String how = w.reason();
    if (tried) {
      return retry(history, w, how, true);
    }
    if (exit.filter(rules.permanent()::contains).isPresent()) {
      return history.resting(Rest.FAILED, how + ", which is a permanent failure");
    }
    if (exit.filter(rules.expected()::contains).isPresent()) {
      return rules.policy() == RestartRules.Policy.ALWAYS
          ? retry(history, w, how, false)
          : history.resting(Rest.DONE, how);
    }
    if (rules.policy() == RestartRules.Policy.NEVER) {
      return history.resting(Rest.FAILED, how + ", and the pool restarts nothing");
    }
    SlotHistory counted = history.at(now, rules.period());
    int ends = counted.recent().size();
    if (rules.intensity() > 0 && ends > rules.intensity()) {
      return counted.resting(
          Rest.FAILED,
          how
              + ", which is end "
              + ends
              + " within "
              + TimeUnit.NANOSECONDS.toSeconds(now - counted.recent().get(0))
              + " s; allowed: "
              + rules.intensity());
    }
    return retry(rules.intensity() > 0 ? counted : history, w, how, true);
  }

  private SlotHistory retry(SlotHistory history, Worker w, String how, boolean failure) {
    Backoff backoff = settings.backoff();
    boolean stable = w.readyAt() != Worker.NONE && now - w.readyAt() >= backoff.stableAfter();
    if (stable) {
      return history.retrying(0, false, now, now, how);
    }
    int failures = history.failures() + (failure ? 1 : 0);
    long delay = backoff.delay(Math.max(1, failures), w.id().salt());
    // Once, and not in a crash loop: who dies as soon as it starts would take every spare with it.
    boolean served = w.readyAt() != Worker.NONE;
    boolean atOnce = failure && failures == 1 && served;
    boolean loops = failure && (failures > 1 || !served);
    return history.retrying(failures, loops, now + delay, atOnce ? now : now + delay, how);
  }
}
