package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.ReloadWatcher;
import dev.baton.supervisor.admin.Verdict;
import java.util.List;

/** For a rollout or reload that nobody waits for. */
final class Unwatched implements ReloadWatcher {
  @Override
  public void refused(String reason) {}

  @Override
  public void unusable(boolean configuration, List<String> problems) {}

  @Override
  public void progress(String line) {}

  @Override
  public void finished(Verdict verdict) {}
}
