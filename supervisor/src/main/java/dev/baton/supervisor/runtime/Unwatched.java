package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.Verdict;

/** For a rollout that nobody asked for. */
final class Unwatched implements RolloutWatcher {
  @Override
  public void refused(String reason) {}

  @Override
  public void progress(String line) {}

  @Override
  public void finished(Verdict verdict) {}
}
